package io.raftboot.transport;

/**
 * This member as it introduces itself to the others of its group in a handshake.
 *
 * @param process who it is, whichever the group
 * @param group what it says of the group, whose name must not be empty
 */
public record LocalMember(ProcessIdentity process, GroupIdentity group) {
    /** A member that passes over no entries; what the values are, {@link ProcessIdentity} and {@link GroupIdentity} say. */
    public LocalMember(
            long clusterId, String group, long nodeId, long incarnation, String advertisedAddress, MemberRun run) {
        this(new ProcessIdentity(clusterId, nodeId, incarnation, advertisedAddress), new GroupIdentity(group, run, ""));
    }

    /** A member that does not say which run this is. */
    public LocalMember(long clusterId, String group, long nodeId, long incarnation, String advertisedAddress) {
        this(clusterId, group, nodeId, incarnation, advertisedAddress, MemberRun.UNKNOWN);
    }

    public LocalMember {
        if (group.name().isEmpty()) {
            throw new IllegalArgumentException("group must not be empty");
        }
        if (process.nodeId() == 0) {
            throw new IllegalArgumentException("nodeId must not be 0");
        }
        if (process.incarnation() == 0) {
            throw new IllegalArgumentException("incarnation must not be 0");
        }
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

    public LocalMember withClusterId(long newClusterId) {
        return new LocalMember(process.withClusterId(newClusterId), group);
    }

    /** The same, saying which entries it passes over. */
    public LocalMember withApplySkips(String names) {
        return new LocalMember(process, new GroupIdentity(group.name(), group.run(), names));
    }
}
