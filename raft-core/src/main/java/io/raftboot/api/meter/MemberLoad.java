package io.raftboot.api.meter;

/**
 * How much waits in a member.
 *
 * @param commands of its callers that have no outcome yet
 * @param commandBytes memory that these are counted with, see {@code raft.max-pending-bytes}
 */
public record MemberLoad(long commands, long commandBytes) {
    /** Of a member that does not run. */
    public static final MemberLoad NONE = new MemberLoad(0, 0);
}
