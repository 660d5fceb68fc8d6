package io.raftboot.autoconfigure.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.Principal;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request, as the connection and the headers say it that came on it, before anything in this process believed a proxy.
 *
 * @param write whether the request may change anything
 * @param from address at the other end of the connection; null if it is none of a network
 * @param forwarding why the request may have come through a proxy, a clause; null if nothing says so
 * @param server the host and port that the request was sent to, by its own account
 * @param origin the header {@code Origin}; null if there is none
 * @param user who it is by the application's security; null if nobody has said
 */
public record Caller(
        boolean write,
        @Nullable InetAddress from,
        @Nullable String forwarding,
        Server server,
        @Nullable String origin,
        @Nullable Principal user) {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final List<String> FORWARDING = List.of("forwarded", "x-real-ip");
    private static final String FORWARDING_PREFIX = "x-forwarded-";

    /**
     * The server by the caller's account.
     *
     * @param port 0 where the usual one of the scheme is meant
     */
    public record Server(String host, int port) {
        /** Reads the header {@code Host}. */
        static Server of(@Nullable String header) {
            if (header == null) {
                return new Server("", 0);
            }
            String text = header.strip();
            int colon = text.lastIndexOf(':');
            boolean hasPort = colon >= 0
                    && text.indexOf(']', colon) < 0
                    && text.substring(colon + 1).matches("[0-9]{1,5}");
            return hasPort
                    ? new Server(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)))
                    : new Server(text, 0);
        }
    }

    /** What is said of a call that has passed through something that adds headers. */
    static String through(String header) {
        return "it came through a proxy, which has sent " + header;
    }

    /** What is said where a server has changed addresses to those that headers say, and has taken these headers away. */
    static String believing() {
        return "the server takes addresses from the headers of proxies (server.forward-headers-strategy)";
    }

    /** The name that is remembered with a change: that of the user, or else of the place. */
    public String name() {
        return user != null ? user.getName() : from != null ? from.getHostAddress() : "";
    }

    static boolean isWrite(String method) {
        return !READS.contains(method);
    }

    /** Whether a header is one that proxies add. */
    static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return FORWARDING.contains(name) || name.startsWith(FORWARDING_PREFIX);
    }

    boolean isLocal() {
        return from != null && from.isLoopbackAddress();
    }

    /** Whether the host is named as one does on the machine itself: another name may be one that somebody else has pointed here. */
    boolean isServerLocal() {
        String host = server.host().toLowerCase(Locale.ROOT);
        return host.equals("localhost")
                || host.matches("127(\\.[0-9]{1,3}){3}")
                || host.equals("::1")
                || host.equals("[::1]")
                || host.equals("0:0:0:0:0:0:0:1")
                || host.equals("[0:0:0:0:0:0:0:1]");
    }

    /** Whether the request was made by a page of another server than this. */
    boolean isOfForeignPage() {
        if (origin == null) {
            return false;
        }
        try {
            var page = new URI(origin);
            int usual = "https".equals(page.getScheme()) ? 443 : 80;
            int pagePort = page.getPort() < 0 ? usual : page.getPort();
            return page.getHost() == null
                    || !page.getHost().equalsIgnoreCase(server.host())
                    || pagePort != (server.port() == 0 ? usual : server.port());
        } catch (URISyntaxException e) {
            return true;
        }
    }
}
