package io.raftboot.raft;

/** How a leader makes sure that it still is one before it answers a {@code readIndex}. */
public enum ReadOnlyOption {
    /** It asks a quorum, with a round of heartbeats. Safe whatever clocks do. */
    SAFE,
    /**
     * It relies on the lease that check-quorum gives it and answers at once. A clock that stands still or runs slow on
     * the leader makes such a read stale, so this needs {@code checkQuorum} and trust in the clocks.
     */
    LEASE_BASED
}
