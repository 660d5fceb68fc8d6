package io.raftboot.api;

import org.jspecify.annotations.Nullable;

/**
 * Told what happens to a member. Called on a thread of the replica's that does nothing else, in the order of events,
 * so a slow listener delays only other listeners.
 */
public interface ReplicaListener {
    /** This member became leader of the term, and has applied all entries of earlier terms. */
    default void leadershipGranted(long term) {}

    /** This member, leader of that term so far, no longer is. */
    default void leadershipRevoked(long term) {}

    /** Another leader is known, or none (null). */
    default void leaderChanged(@Nullable Long leaderId, long term) {}

    /** The member runs: it was started, or is started again after a failure. */
    default void started() {}

    /** The member stopped by itself. */
    default void failed(Throwable cause) {}

    /**
     * The member that {@link #failed} is not started again by itself, because that is not wanted or its cause does not pass; or
     * not for now, because a thread of it hangs.
     */
    default void failedForGood(Throwable cause) {}

    /**
     * The check of {@code raft.divergence-check} has found that members of the group do not have the same state any more. Told
     * once for each state machine, on every member that knows of it; the member goes on all the same.
     */
    default void diverged(Divergence divergence) {}
}
