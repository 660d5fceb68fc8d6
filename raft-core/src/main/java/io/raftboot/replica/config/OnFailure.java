package io.raftboot.replica.config;

/**
 * What a {@code Replica} does when its member has stopped by itself. One that had begun with an empty directory, and whose group turns out
 * to have begun without it, is no failure, and comes back to join in either case.
 */
public enum OnFailure {
    /** Nothing: it stays {@code ReplicaState.FAILED} until it is started. */
    STOP_MEMBER,
    /**
     * Starts it again, after a while, if what it failed with may pass by itself: a disk that was full or failed, too little
     * memory. Everything is closed before, and opened and recovered anew; nothing is tried again within a run. What can't
     * pass, such as damage, or a command that could not be applied, leaves it {@code ReplicaState.FAILED}.
     */
    RESTART
}
