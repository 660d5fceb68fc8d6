package io.raftboot.transport;

/**
 * Another member of a group as it introduced itself in a handshake. Nothing in it is proved: without mutual TLS anybody who
 * reaches the port may claim any of it.
 *
 * @param process who it says it is; its node id and its incarnation are never 0
 * @param group what it says of the group
 */
public record RemoteMember(ProcessIdentity process, GroupIdentity group) {
    /** What the values are, {@link ProcessIdentity} and {@link GroupIdentity} say. */
    public RemoteMember(
            long clusterId,
            String group,
            long nodeId,
            long incarnation,
            String advertisedAddress,
            MemberRun run,
            String applySkips) {
        this(
                new ProcessIdentity(clusterId, nodeId, incarnation, advertisedAddress),
                new GroupIdentity(group, run, applySkips));
    }

    /** One that says nothing of entries that it passes over. */
    public RemoteMember(
            long clusterId, String group, long nodeId, long incarnation, String advertisedAddress, MemberRun run) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, run, "");
    }

    /** A member that does not say which run it is. */
    public RemoteMember(long clusterId, String group, long nodeId, long incarnation, String advertisedAddress) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, MemberRun.UNKNOWN);
    }

    public long clusterId() {
        return process.clusterId();
    }

    public long nodeId() {
        return process.nodeId();
    }

    public long incarnation() {
        return process.incarnation();
    }

    public MemberRun run() {
        return group.run();
    }

    public String applySkips() {
        return group.applySkips();
    }
}
