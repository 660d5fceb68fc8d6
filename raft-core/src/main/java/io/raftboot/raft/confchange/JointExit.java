package io.raftboot.raft.confchange;

/** Who ends a joint configuration. */
public enum JointExit {
    /** The leader, as soon as the joint configuration is applied. */
    AUTOMATIC,
    /** The application, by proposing an empty change. */
    EXPLICIT
}
