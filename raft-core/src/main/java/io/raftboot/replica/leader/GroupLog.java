package io.raftboot.replica.leader;

/** How far this member's log goes. On the raft stage. */
public interface GroupLog {
    /** Index of the newest entry that is durable here. */
    long lastIndex();

    /** Index up to which the entries are known to be committed. */
    long commitIndex();
}
