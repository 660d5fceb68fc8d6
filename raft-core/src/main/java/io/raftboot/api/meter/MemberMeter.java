package io.raftboot.api.meter;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Told how long the work of a member takes and how much it is, for meters. Called on the threads that do the work, or complete calls,
 * as often as they do it: must neither block nor throw, and may be called by several threads at once. Times are in nanoseconds.
 */
public interface MemberMeter {
    /** Of a member that nobody measures. */
    MemberMeter NONE = new MemberMeter() {};

    /**
     * A command that was asked of this member is decided, or is not going to be in the time of its caller.
     *
     * @param outcome null if the call ended exceptionally
     */
    default void command(String machine, @Nullable Outcome outcome, long nanos) {}

    /**
     * A query that was asked of this member is answered, or is not going to be.
     *
     * @param outcome null if the call ended exceptionally
     */
    default void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {}

    /** The log was written and forced once, with so many entries. */
    default void forced(int entries, long nanos) {}

    /** So many entries that this member appended as the leader at once are committed, so long after it gave them to log and followers. */
    default void committed(int entries, long nanos) {}

    /** So many committed entries were given to the state machines, one after the other. */
    default void applied(int entries, long nanos) {}

    /** A snapshot of this member's own state was written, forced and read back. */
    default void snapshotTaken(long sizeBytes, long nanos) {}

    /** The state was replaced by that of another member's snapshot. */
    default void snapshotInstalled(long nanos) {}

    /** This member is in another term than before, or has started in this one. */
    default void termChanged(long term) {}

    /** This member stands for election. */
    default void electionBegun() {}

    /** The process stood still for longer than an election timeout. */
    default void paused(long nanos) {}
}
