package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.http.Paths;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * A request below {@code /raft/admin}, whichever server it came by.
 *
 * @param base path of {@code /raft/admin} on this server, with what stands before it
 * @param path what follows the base, without a slash at its beginning
 * @param query what follows the question mark, as it was written; null if nothing does
 * @param content what was sent with it
 * @param headers what was sent with it beside its content
 * @param by who asks
 */
record AdminRequest(
        String method, String base, String path, @Nullable String query, Content content, Headers headers, String by) {
    /** Bytes of the largest body; a thousand members take less. */
    static final int MAX_BODY_BYTES = 128 * 1024;

    /**
     * Headers that some calls look at, each of them null if it was not sent.
     *
     * @param idempotencyKey by which a call that was made before is known
     * @param accept media types that the caller takes
     * @param lastEventId where a stream broke off
     */
    record Headers(@Nullable String idempotencyKey, @Nullable String accept, @Nullable String lastEventId) {
        /** None of them. */
        static final Headers NONE = new Headers(null, null, null);
    }

    /** Whether an answer of this type is asked for by name. One for a {@code HEAD} has nothing in it. */
    boolean wants(String mediaType) {
        String accept = headers.accept();
        if (accept == null || !method.equals("GET")) {
            return false;
        }
        try {
            var wanted = MediaType.parseMediaType(mediaType);
            return MediaType.parseMediaTypes(accept).stream()
                    .anyMatch(type -> type.getQualityValue() > 0 && type.equalsTypeAndSubtype(wanted));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

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
        int at = path.indexOf(Paths.ADMIN + "/");
        return at < 0
                ? new String[] {Paths.ADMIN, ""}
                : new String[] {
                    path.substring(0, at + Paths.ADMIN.length()), path.substring(at + Paths.ADMIN.length() + 1)
                };
    }
}
