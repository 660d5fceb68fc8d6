package io.raftboot.benchmarks.load;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a member listens, as arguments have it: {@code id@host:port}, and further ports behind further colons.
 *
 * @param id from 1 on, in the order of the cluster's members
 * @param ports as many as the system needs; at least one
 */
public record MemberAddress(int id, String host, List<Integer> ports) {
    public MemberAddress {
        if (id < 1) {
            throw new IllegalArgumentException("a member's id must be 1 or greater, not " + id);
        }
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("member " + id + " has no port");
        }
        ports = List.copyOf(ports);
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static MemberAddress valueOf(String text) {
        int at = text.indexOf('@');
        String[] parts = text.substring(at + 1).split(":", -1);
        if (at < 1 || parts.length < 2) {
            throw new IllegalArgumentException("not a member's address, id@host:port, but " + text);
        }
        var ports = Arrays.stream(parts).skip(1).map(Integer::valueOf).toList();
        return new MemberAddress(Integer.parseInt(text.substring(0, at)), parts[0], ports);
    }

    /** The first. */
    public int port() {
        return ports.get(0);
    }

    @Override
    public String toString() {
        return id + "@" + host + ":" + ports.stream().map(String::valueOf).collect(Collectors.joining(":"));
    }
}
