package io.raftboot.raft;

/** What a node is at present ({@code StateType}). */
public enum RaftRole {
    /** Takes entries from a leader, if there is one. Learners are always followers. */
    FOLLOWER,
    /** A node that asks for votes in a term of its own. */
    CANDIDATE,
    /** Won the election of its term. */
    LEADER,
    /** A node that asks whether it would get the votes, without raising its term (dissertation section 9.6). */
    PRE_CANDIDATE
}
