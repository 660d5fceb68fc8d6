package io.raftboot.autoconfigure.discovery;

import io.raftboot.autoconfigure.RaftPeerDiscovery;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Names as a stateful set gives them to its processes: what all have in common, and an ordinal from 0 on. The member's id is the
 * ordinal and one more, as ids begin with 1.
 *
 * @param base what all have in common
 * @param ordinal of this process
 * @param service of all
 */
record OrdinalNames(String base, long ordinal, String service, int port) implements RaftPeerDiscovery {
    private static final Pattern HOST = Pattern.compile("([^.]+)-(\\d{1,9})(\\..*)?");

    /** The names that go with that of this process's host; null if it does not end in an ordinal. */
    static @Nullable OrdinalNames of(String hostName, String service, int port) {
        var host = HOST.matcher(hostName);
        return host.matches() ? new OrdinalNames(host.group(1), Long.parseLong(host.group(2)), service, port) : null;
    }

    /** Id of this process. */
    long ownId() {
        return ordinal + 1;
    }

    @Override
    public @Nullable String addressOf(long nodeId) {
        return nodeId < 1 ? null : base + "-" + (nodeId - 1) + "." + service + ":" + port;
    }

    /** As in {@code raft.peers}: those that the cluster begins with, and this one if it comes later. */
    String peers(int members) {
        return LongStream.concat(
                        LongStream.rangeClosed(1, members),
                        LongStream.of(ownId()).filter(id -> id > members))
                .mapToObj(id -> id + "@" + addressOf(id))
                .collect(Collectors.joining(","));
    }
}
