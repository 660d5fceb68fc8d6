package io.raftboot.transport;

/** Where a peer is dialled: a host, looked up anew at every connect, and a port. */
public record PeerAddress(String host, int port) {
    private static final int MAX_PORT = 65_535;

    /** Reads {@code host:port}, where an IPv6 address stands in brackets. */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = ""; // an IPv6 address without brackets: which colon is the port's?
        }
        int port = colon < 0 ? 0 : portOf(text.substring(colon + 1));
        if (host.isEmpty() || port == 0) {
            throw new IllegalArgumentException("'" + text
                    + "' is not an address; write host:port, for example node1.example.org:7400 or [::1]:7400");
        }
        return new PeerAddress(host, port);
    }

    private static int portOf(String digits) {
        try {
            int port = Integer.parseInt(digits);
            return port >= 1 && port <= MAX_PORT ? port : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
