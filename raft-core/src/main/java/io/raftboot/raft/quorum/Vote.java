package io.raftboot.raft.quorum;

/** What is known of the vote of one voter. */
public enum Vote {
    /** The voter has not answered. */
    MISSING,
    /** The voter has said yes. */
    GRANTED,
    /** The voter has said no. */
    REJECTED
}
