package io.raftboot.replica.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether the settings of a member are ones that it can work with, each by itself and together. */
final class ReplicaConfigChecks {
    private ReplicaConfigChecks() {}

    /** @throws IllegalArgumentException naming the value and what to write instead */
    static void check(ReplicaConfig config) {
        check(!config.clusterName().isBlank(), "the cluster name is empty; write a name that this cluster alone has");
        check(!config.group().isBlank(), "the group's name is empty");
        check(config.nodeId() > 0, "the node id must be 1 or greater, not " + config.nodeId());
        checkPeers(config.nodeId(), config.peers());
        check(
                !config.join() || config.peers().size() > 1,
                "a member that joins needs its own entry and at least one member in the peers");
        check(isPositive(config.commandTimeout()), "the command timeout must be longer than 0");
        check(
                config.maxCommandSizeBytes() > 0
                        && config.maxCommandSizeBytes() <= ReplicaConfig.MAX_COMMAND_SIZE_BYTES,
                "the largest command must have between 1 and " + ReplicaConfig.MAX_COMMAND_SIZE_BYTES + " bytes");
        check(config.maxPendingCommands() > 0, "the number of pending commands must be greater than 0");
        check(config.walCacheSizeBytes() > 0, "the log's cache must be larger than 0 bytes");
        check(config.maxPendingBytes() > 0, "the bytes of pending commands must be greater than 0");
        check(config.walSegmentSizeBytes() > 0, "the log's segments must be larger than 0 bytes");
        checkTimes(config.tickInterval(), config.commandTimeout(), config.sessions());
    }

    private static boolean isPositive(Duration value) {
        return !value.isNegative() && !value.isZero();
    }

    /** What a command is known by must outlive all copies of it that this member may send. */
    private static void checkTimes(Duration tickInterval, Duration commandTimeout, SessionPolicy sessions) {
        check(
                commandTimeout.compareTo(tickInterval) > 0,
                "the command timeout (raft.command-timeout) is " + commandTimeout
                        + ", and must be longer than the tick interval (raft.tick-interval), which is " + tickInterval);
        check(
                SessionPolicy.outlivesRepetition(sessions.timeout(), commandTimeout),
                tooShort("the time-out of sessions (raft.session.timeout)", sessions.timeout(), commandTimeout));
        check(
                SessionPolicy.outlivesRepetition(sessions.keyRetention(), commandTimeout),
                tooShort(
                        "the retention of keys (raft.session.key-retention)", sessions.keyRetention(), commandTimeout));
    }

    private static String tooShort(String what, Duration value, Duration commandTimeout) {
        return what + " is " + value
                + ", and must be longer than twice the command timeout (raft.command-timeout), which is "
                + commandTimeout
                + ": until then the member itself may send a command again, which would be applied twice";
    }

    private static void checkPeers(long nodeId, List<Peer> peers) {
        Set<Long> ids = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Peer peer : peers) {
            check(ids.add(peer.id()), "two peers have the id " + peer.id() + "; give each member an id of its own");
            check(
                    addresses.add(peer.address()),
                    "two peers have the address " + peer.address() + "; give each member an address of its own");
        }
        check(
                peers.isEmpty() || ids.contains(nodeId),
                "node " + nodeId + " is not among the peers " + peers + "; add " + nodeId
                        + "@host:port to them, or set the node id to one of them");
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
