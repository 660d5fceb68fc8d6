package io.raftboot.proof;

import io.raftboot.raft.RaftRole;

/**
 * What a core has come to.
 *
 * @param quorumIndex as a leader, up to where a quorum has acknowledged its log; 0 in other roles
 * @param transfereeId to whom it is handing over; 0 if it is not
 * @param postponedReads reads that wait for the first entry of its term to be committed
 */
public record CoreState(
        long term,
        long vote,
        long leader,
        RaftRole role,
        long commit,
        long applied,
        long lastIndex,
        long quorumIndex,
        long transfereeId,
        int postponedReads) {
    public static final CoreState NONE = new CoreState(0, 0, 0, RaftRole.FOLLOWER, 0, 0, 0, 0, 0, 0);

    public boolean leads() {
        return role == RaftRole.LEADER;
    }
}
