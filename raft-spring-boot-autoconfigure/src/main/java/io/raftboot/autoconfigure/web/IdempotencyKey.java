package io.raftboot.autoconfigure.web;

import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The header that names the commands of a request, alike for Spring MVC and for WebFlux. */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";

    /** Length that is enough for a UUID several times over; the rest of a key's is for the user, and the command's number. */
    static final int MAX_CHARACTERS = 128;

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private IdempotencyKey() {}

    /**
     * The key of a request.
     *
     * @param header as it was sent, if it was
     * @return null if there is none, or the request is a read by its method
     * @throws UnusableKeyException if it can't be one
     */
    static @Nullable String of(String method, @Nullable String header) {
        if (header == null || SAFE_METHODS.contains(method)) {
            return null;
        }
        if (header.isBlank()
                || header.length() > MAX_CHARACTERS
                || !header.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new UnusableKeyException(
                    HEADER + " must have 1 to " + MAX_CHARACTERS + " visible ASCII characters, a UUID for example");
        }
        return header;
    }

    /** A scope with the key, for whatever threads the request comes to. A user's keys are the user's own. */
    static RaftCallScope scope(String key, @Nullable Principal user) {
        // However long the user's name is.
        String owned = user == null
                ? key
                : key + " " + UUID.nameUUIDFromBytes(user.getName().getBytes(StandardCharsets.UTF_8));
        return RaftCallScope.detached(RaftCallOptions.defaults().withIdempotencyKey(owned));
    }
}
