package io.raftboot.autoconfigure.web;

import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.AsyncHandlerInterceptor;

/**
 * Makes a request with an {@code Idempotency-Key} header safe to send again: each command that its handler calls, on the
 * request's own thread, is applied once. A user's keys are the user's own.
 */
final class IdempotencyKeyInterceptor implements AsyncHandlerInterceptor {
    static final String HEADER = "Idempotency-Key";

    /** Enough for a UUID several times over; the rest of a key's length is for the user, and the command's number. */
    static final int MAX_CHARACTERS = 128;

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final String SCOPE = IdempotencyKeyInterceptor.class.getName() + ".scope";

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String key = request.getHeader(HEADER);
        if (key != null && !SAFE_METHODS.contains(request.getMethod())) {
            if (key.isBlank()
                    || key.length() > MAX_CHARACTERS
                    || !key.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
                throw new ResponseStatusException(
                        HttpStatus.BAD_REQUEST,
                        HEADER + " must have 1 to " + MAX_CHARACTERS + " visible ASCII characters, a UUID for example");
            }
            String owned = owned(key, request.getUserPrincipal());
            request.setAttribute(
                    SCOPE, RaftCallScope.open(RaftCallOptions.defaults().withIdempotencyKey(owned)));
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        close(request);
    }

    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        close(request);
    }

    private static void close(HttpServletRequest request) {
        if (request.getAttribute(SCOPE) instanceof RaftCallScope scope) {
            request.removeAttribute(SCOPE);
            scope.close();
        }
    }

    private static String owned(String key, @Nullable Principal user) {
        // However long the user's name is.
        return user == null
                ? key
                : key + " " + UUID.nameUUIDFromBytes(user.getName().getBytes(StandardCharsets.UTF_8));
    }
}
