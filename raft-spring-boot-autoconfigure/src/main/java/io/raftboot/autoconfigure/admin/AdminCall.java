package io.raftboot.autoconfigure.admin;

import io.raftboot.api.ChangeOptions;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that has found its call.
 *
 * @param id what stands for {@code {id}} in the path; 0 where nothing does
 * @param parameters of the query, all of them known to the call
 */
record AdminCall(AdminRequest request, Route route, long id, Map<String, String> parameters) {
    /** Characters of the longest idempotency key: enough for a UUID several times over. */
    static final int MAX_KEY_CHARACTERS = 128;

    /** The fields of the body. */
    Fields body(String... known) {
        return body(Set.of(), known);
    }

    /** @param ignored names of fields that may be there and say nothing */
    Fields body(Set<String> ignored, String... known) {
        return Fields.of(request.content(), route.example(), ignored, known);
    }

    /** Whether only to say what would be done. */
    boolean dryRun() {
        String written = parameters.get(Route.DRY_RUN);
        if (written == null || written.equals("false")) {
            return false;
        }
        if (written.equals("true")) {
            return true;
        }
        throw new BadRequestException("dryRun is '" + written
                + "'; write dryRun=true to see the plan and change nothing, or" + " leave it out");
    }

    /** The version in the query, for calls without a body. */
    @Nullable
    Long version() {
        String written = parameters.get(Route.VERSION);
        if (written == null) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(written);
        } catch (NumberFormatException e) {
            throw new BadRequestException("version is '" + written
                    + "'; write the version that GET members said, a whole number, or leave it out");
        }
    }

    ChangeOptions options(@Nullable Long version) {
        return new ChangeOptions(version, key(), cut(request.by()));
    }

    private @Nullable String key() {
        String key = request.headers().idempotencyKey();
        if (key != null
                && (key.isBlank()
                        || key.length() > MAX_KEY_CHARACTERS
                        || !key.chars().allMatch(character -> character > ' ' && character < 0x7f))) {
            throw new BadRequestException("the header Idempotency-Key must have 1 to " + MAX_KEY_CHARACTERS
                    + " visible ASCII characters, a UUID for example");
        }
        return key;
    }

    /** A name is remembered with the change, where only so many bytes have room. */
    private static String cut(String name) {
        String cut = name;
        while (cut.getBytes(StandardCharsets.UTF_8).length > ChangeOptions.MAX_BYTES) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut;
    }
}
