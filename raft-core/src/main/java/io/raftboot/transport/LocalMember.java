package io.raftboot.transport;

import java.util.Objects;

/**
 * This member as it introduces itself to the others in a handshake.
 *
 * @param clusterId of the cluster it belongs to; 0 while it is joining and has not learned it
 * @param group name of the Raft group, not empty
 * @param nodeId of the member, not 0
 * @param incarnation random and fixed for the life of the member's data directory, not 0: the same id with another
 *     incarnation is another member that has lost what the first one promised
 * @param advertisedAddress {@code host:port} under which others reach it; empty if it does not listen
 * @param run               the one that begins with this introduction
 * @param applySkips        which entries it passes over, in the words of the layer above; empty for none
 */
public record LocalMember(
        long clusterId,
        String group,
        long nodeId,
        long incarnation,
        String advertisedAddress,
        MemberRun run,
        String applySkips) {
    /** One that passes over no entries. */
    public LocalMember(
            long clusterId, String group, long nodeId, long incarnation, String advertisedAddress, MemberRun run) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, run, "");
    }

    /** A member that does not say which run this is. */
    public LocalMember(long clusterId, String group, long nodeId, long incarnation, String advertisedAddress) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, MemberRun.UNKNOWN);
    }

    public LocalMember {
        Objects.requireNonNull(advertisedAddress, "advertisedAddress");
        Objects.requireNonNull(applySkips, "applySkips");
        if (group.isEmpty()) {
            throw new IllegalArgumentException("group must not be empty");
        }
        if (nodeId == 0) {
            throw new IllegalArgumentException("nodeId must not be 0");
        }
        if (incarnation == 0) {
            throw new IllegalArgumentException("incarnation must not be 0");
        }
    }

    public LocalMember withClusterId(long newClusterId) {
        return new LocalMember(newClusterId, group, nodeId, incarnation, advertisedAddress, run, applySkips);
    }

    /** The same, saying which entries it passes over. */
    public LocalMember withApplySkips(String names) {
        return new LocalMember(clusterId, group, nodeId, incarnation, advertisedAddress, run, names);
    }
}
