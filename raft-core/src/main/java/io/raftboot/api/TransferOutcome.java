package io.raftboot.api;

import org.jspecify.annotations.Nullable;

/** What became of a request to move the leadership. */
public sealed interface TransferOutcome {
    /** Another member leads, in that term. */
    record Transferred(long leaderId, long term) implements TransferOutcome {}

    /** The asked member does not lead; ask the one that does, if there is one. */
    record NotLeader(@Nullable Long leaderId) implements TransferOutcome {}

    /** The wanted target can't become leader: unknown, a learner, or the leader itself where that makes no sense. */
    record InvalidTarget(String message) implements TransferOutcome {}

    /** The target did not take over within an election timeout; the old leader goes on if it still can. */
    record TimedOut(String message) implements TransferOutcome {}
}
