package io.raftboot.autoconfigure.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The caller of a reactive request. What filters have made of the request, believing the headers of a proxy, is left aside: asked is
 * what the server itself received, where that is known to this.
 */
public final class ReactiveCaller {
    private static final boolean NETTY = isPresent("reactor.netty.http.server.HttpServerRequest");
    private static final boolean SERVLET = isPresent("jakarta.servlet.http.HttpServletRequest");

    private ReactiveCaller() {}

    /**
     * Who sends a request.
     *
     * @param user who it is by the application's security; null if nobody has said
     */
    public static Caller of(ServerWebExchange exchange, @Nullable Principal user) {
        Object received = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        if (NETTY && Netty.is(received)) {
            return Netty.caller(received, user);
        }
        if (SERVLET && Servlet.is(received)) {
            return Servlet.caller(received, user);
        }
        return ofAnother(exchange, user);
    }

    /** A server that this does not know: whether the address is its own can't be told where something may have changed it. */
    private static Caller ofAnother(ServerWebExchange exchange, @Nullable Principal user) {
        ServerHttpRequest request = exchange.getRequest();
        String header = request.getHeaders().headerNames().stream()
                .filter(Caller::isForwarding)
                .findFirst()
                .map(Caller::through)
                .orElse(null);
        return new Caller(
                Caller.isWrite(request.getMethod().name()),
                address(request.getRemoteAddress()),
                header == null && believesProxies(exchange.getApplicationContext()) ? Caller.believing() : header,
                Caller.Server.of(request.getHeaders().getFirst("Host")),
                request.getHeaders().getOrigin(),
                user);
    }

    private static boolean believesProxies(@Nullable ApplicationContext context) {
        return context != null
                && context.getBeanProvider(ForwardedHeaderTransformer.class).stream()
                        .findAny()
                        .isPresent();
    }

    private static @Nullable InetAddress address(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, ReactiveCaller.class.getClassLoader());
    }

    /** What knows a server that may not be there. */
    private static final class Netty {
        private Netty() {}

        static boolean is(Object received) {
            return received instanceof HttpServerRequest;
        }

        static Caller caller(Object received, @Nullable Principal user) {
            var request = (HttpServerRequest) received;
            var headers = request.requestHeaders();
            return new Caller(
                    Caller.isWrite(request.method().name()),
                    address(request.connectionRemoteAddress()),
                    headers.names().stream()
                            .filter(Caller::isForwarding)
                            .findFirst()
                            .map(Caller::through)
                            .orElse(null),
                    Caller.Server.of(headers.get("Host")),
                    headers.get("Origin"),
                    user);
        }
    }

    /** What knows servers that may not be there. */
    private static final class Servlet {
        private Servlet() {}

        static boolean is(Object received) {
            return received instanceof HttpServletRequest;
        }

        static Caller caller(Object received, @Nullable Principal user) {
            return ServletCaller.of((HttpServletRequest) received, user);
        }
    }
}
