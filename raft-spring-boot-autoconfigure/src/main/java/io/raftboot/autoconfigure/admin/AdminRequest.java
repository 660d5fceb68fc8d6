package io.raftboot.autoconfigure.admin;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request below {@code /raft/admin}, whichever server it came by.
 *
 * @param base path of {@code /raft/admin} on this server, with what stands before it
 * @param path what follows the base, without a slash at its beginning
 * @param query what follows the question mark, as it was written; null if nothing does
 * @param content what was sent with it
 * @param idempotencyKey the header {@code Idempotency-Key}; null if there is none
 * @param by who asks
 */
record AdminRequest(
        String method,
        String base,
        String path,
        @Nullable String query,
        Content content,
        @Nullable String idempotencyKey,
        String by) {
    /** Where all calls are, on a server that has nothing else before it. */
    static final String ROOT = "/raft/admin";

    /** Bytes of the largest body; a thousand members take less. */
    static final int MAX_BODY_BYTES = 128 * 1024;

    /** What was sent. */
    static final class Content {
        private final @Nullable String type;
        private final byte[] bytes;

        /**
         * @param type the header {@code Content-Type}; null if there is none
         * @param bytes not changed by anybody; one more than {@link #MAX_BODY_BYTES} at most, of a body that is too large
         */
        Content(@Nullable String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }

        @Nullable
        String type() {
            return type;
        }

        byte[] bytes() {
            return bytes;
        }

        boolean isTooLarge() {
            return bytes.length > MAX_BODY_BYTES;
        }

        boolean isEmpty() {
            return bytes.length == 0;
        }

        /** Whether it says that it is something else than JSON, as what {@code curl -d} sends does. */
        boolean isOfAnotherType() {
            if (type == null || type.isBlank()) {
                return false;
            }
            String plain = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            return !plain.equals("application/json") && !(plain.startsWith("application/") && plain.endsWith("+json"));
        }
    }

    /** The path up to the calls, and the call. The latter is empty where the path is another one. */
    static String[] split(String path) {
        int at = path.indexOf(ROOT + "/");
        return at < 0
                ? new String[] {ROOT, ""}
                : new String[] {path.substring(0, at + ROOT.length()), path.substring(at + ROOT.length() + 1)};
    }
}
