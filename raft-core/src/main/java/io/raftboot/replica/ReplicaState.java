package io.raftboot.replica;

/** Where a {@link Replica} is in its life. */
public enum ReplicaState {
    /** Not started yet, or stopped; may be started. */
    STOPPED,
    /** Opening its log and joining in. */
    STARTING,
    RUNNING,
    /** Handing over and finishing what is in flight; until everything is closed. */
    STOPPING,
    /**
     * Stopped by itself for a reason it tells; its directory's lock and its port are released as soon as its threads have
     * ended, for which {@link Replica#stop} and {@link Replica#start} wait.
     */
    FAILED,
    /**
     * Removed from its group, and stopped for that: it does not take part any more, and does not start with this directory, which
     * remembers it. {@link Replica#failure} says when and by whom.
     */
    REMOVED
}
