package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.Json;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.DeferredCsrfToken;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * What the application's own security wants to see with a request that changes something, so that no page of somebody else can send one.
 *
 * @param header in which it is sent; null if nothing is wanted
 * @param token what is sent; null if nothing is wanted
 * @param bare the same without a mask, which applications that are set up for pages with scripts want; null if there is no other
 */
record Csrf(@Nullable String header, @Nullable String token, @Nullable String bare) {
    /** Of an application that wants none. */
    static final Csrf NONE = new Csrf(null, null, null);

    private static final boolean SECURITY =
            ClassUtils.isPresent("org.springframework.security.web.csrf.CsrfToken", Csrf.class.getClassLoader());

    byte[] json() {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("header", header);
        shape.put("token", token);
        shape.put("bare", bare);
        return Json.write(shape);
    }

    /** Of a servlet's request. On its own thread: a session may be begun for it. */
    static Csrf of(HttpServletRequest request) {
        return SECURITY ? Secured.of(request) : NONE;
    }

    static Mono<Csrf> of(ServerWebExchange exchange) {
        return SECURITY ? Secured.of(exchange) : Mono.just(NONE);
    }

    /** What knows types that an application without security does not have. */
    private static final class Secured {
        private Secured() {}

        static Csrf of(HttpServletRequest request) {
            if (!(request.getAttribute(org.springframework.security.web.csrf.CsrfToken.class.getName())
                    instanceof org.springframework.security.web.csrf.CsrfToken token)) {
                return NONE;
            }
            String bare = request.getAttribute(DeferredCsrfToken.class.getName()) instanceof DeferredCsrfToken kept
                    ? kept.get().getToken()
                    : null;
            return new Csrf(token.getHeaderName(), token.getToken(), bare);
        }

        static Mono<Csrf> of(ServerWebExchange exchange) {
            Mono<org.springframework.security.web.server.csrf.CsrfToken> coming =
                    exchange.getAttribute(org.springframework.security.web.server.csrf.CsrfToken.class.getName());
            return coming == null
                    ? Mono.just(NONE)
                    : coming.map(token -> new Csrf(token.getHeaderName(), token.getToken(), null))
                            .defaultIfEmpty(NONE);
        }
    }
}
