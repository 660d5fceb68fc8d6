package io.raftboot.transport;

import java.util.Objects;

/**
 * Another member as it introduced itself in a handshake. Nothing in it is proved: without mutual TLS anybody who
 * reaches the port may claim any of it.
 *
 * @param clusterId of the cluster it belongs to; 0 if it is joining and has not learned it
 * @param group name of the Raft group
 * @param nodeId never 0
 * @param incarnation never 0; fixed for the life of its data directory
 * @param advertisedAddress {@code host:port} under which it says it can be reached; empty if it does not listen
 * @param applySkips which entries it passes over, in the words of the layer above; empty for none
 * @param run which one it is; {@link MemberRun#UNKNOWN} if it does not say
 */
public record RemoteMember(
        long clusterId,
        String group,
        long nodeId,
        long incarnation,
        String advertisedAddress,
        MemberRun run,
        String applySkips) {
    /** One that says nothing of entries that it passes over. */
    public RemoteMember(
            long clusterId, String group, long nodeId, long incarnation, String advertisedAddress, MemberRun run) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, run, "");
    }

    /** A member that does not say which run it is. */
    public RemoteMember(long clusterId, String group, long nodeId, long incarnation, String advertisedAddress) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, MemberRun.UNKNOWN);
    }

    public RemoteMember {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(advertisedAddress, "advertisedAddress");
        Objects.requireNonNull(applySkips, "applySkips");
    }
}
