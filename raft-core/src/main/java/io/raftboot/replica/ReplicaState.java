package io.raftboot.replica;

import io.raftboot.api.MemberRemovedException;
import org.jspecify.annotations.Nullable;

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
    REMOVED;

    /** State of a member that has ended by itself, for this cause. */
    static ReplicaState behind(Throwable cause) {
        return cause instanceof MemberRemovedException ? REMOVED : FAILED;
    }

    /**
     * Why nothing can be asked of a member in this state, for people.
     *
     * @param cause as of {@link Replica#failure}
     */
    String whyNot(long nodeId, @Nullable Throwable cause) {
        return switch (this) {
            case FAILED -> "node " + nodeId + " has failed: " + (cause == null ? "" : cause.getMessage());
            case REMOVED -> cause == null ? "node " + nodeId + " was removed" : "" + cause.getMessage();
            case STARTING -> "node " + nodeId + " is starting";
            case STOPPED -> "node " + nodeId + " is not started";
            case RUNNING, STOPPING -> "node " + nodeId + " is stopping";
        };
    }
}
