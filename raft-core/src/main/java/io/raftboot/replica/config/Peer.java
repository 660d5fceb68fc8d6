package io.raftboot.replica.config;

/**
 * A member as the configuration names it: {@code id@host[:port]}.
 *
 * @param id greater than 0
 * @param host name or address; IPv6 addresses without brackets
 * @param port 1 to 65535
 */
public record Peer(long id, String host, int port) {
    /** Port of a peer whose entry names none. */
    public static final int DEFAULT_PORT = 7400;

    /** What divides entries elsewhere, and parts of URLs. */
    private static final String NO_HOST = "/\\@;,?#\"'()<>={}|$&*!";

    public Peer {
        if (id <= 0) {
            throw new IllegalArgumentException("a peer's id must be 1 or greater, not " + id);
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("peer " + id + " has no host; write " + id + "@host:port");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of peer " + id + " is not between 1 and 65535");
        }
    }

    /**
     * Reads {@code id@host[:port]}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException saying what to write instead
     */
    public static Peer valueOf(String text) {
        String trimmed = text.trim();
        int at = trimmed.indexOf('@');
        if (at <= 0 || at == trimmed.length() - 1) {
            throw malformed(text);
        }
        long id = number(trimmed.substring(0, at), text);
        String address = trimmed.substring(at + 1);
        int colon = address.lastIndexOf(':');
        boolean bracketed = address.startsWith("[");
        if (bracketed ? address.indexOf(']') < 0 : colon != address.indexOf(':')) {
            throw malformed(text);
        }
        boolean hasPort = bracketed ? colon > address.indexOf(']') : colon >= 0;
        String host = hasPort ? address.substring(0, colon) : address;
        if (isMalformedHost(host)) {
            throw malformed(text);
        }
        int port =
                hasPort ? (int) Math.min(number(address.substring(colon + 1), text), Integer.MAX_VALUE) : DEFAULT_PORT;
        return new Peer(id, bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    /** Whether something stands where a host's name or address should, and has characters that none has, as two entries in one have. */
    public static boolean isMalformedHost(String host) {
        return host.chars()
                .anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c) || NO_HOST.indexOf(c) >= 0);
    }

    /** {@code host:port}, as it is dialled and advertised. */
    public String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** This member as the core and the storage know it. */
    public io.raftboot.raft.Peer asRaftPeer() {
        return io.raftboot.raft.Peer.of(id, address());
    }

    @Override
    public String toString() {
        return id + "@" + address();
    }

    private static long number(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text);
        }
        return Long.parseLong(digits);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a peer; write id@host:port, for example 1@node1.example.org:7400");
    }
}
