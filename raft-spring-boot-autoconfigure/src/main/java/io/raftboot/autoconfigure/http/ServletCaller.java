package io.raftboot.autoconfigure.http;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Principal;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a servlet's request. What filters have made of the request, believing the headers of a proxy, is taken off before
 * it is looked at.
 */
public final class ServletCaller {
    /**
     * What Tomcat's valve leaves on each request of a machine whose headers it believes, this one among them. It may have put an
     * address of the headers in the place of the connection's, which nobody is told any more, and have taken the headers away.
     */
    private static final String FORWARDED_BY_TOMCAT = "org.apache.tomcat.request.forwarded";

    private ServletCaller() {}

    /**
     * Who sends a request.
     *
     * @param user who it is by the application's security; null if nobody has said
     */
    public static Caller of(HttpServletRequest request, @Nullable Principal user) {
        HttpServletRequest received = received(request);
        return new Caller(
                Caller.isWrite(received.getMethod()),
                address(received.getRemoteAddr()),
                forwarding(received),
                new Caller.Server(received.getServerName(), received.getServerPort()),
                received.getHeader("Origin"),
                user);
    }

    private static HttpServletRequest received(HttpServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner instanceof HttpServletRequest http ? http : request;
    }

    private static @Nullable String forwarding(HttpServletRequest received) {
        if (Boolean.TRUE.equals(received.getAttribute(FORWARDED_BY_TOMCAT))) {
            return Caller.believing();
        }
        return Collections.list(received.getHeaderNames()).stream()
                .filter(Caller::isForwarding)
                .findFirst()
                .map(Caller::through)
                .orElse(null);
    }

    private static @Nullable InetAddress address(String literal) {
        try {
            // Servers give the address itself, which nobody is asked for; a name would be no answer.
            return literal.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%\\w+)?|\\[.*]")
                    ? InetAddress.getByName(literal)
                    : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
