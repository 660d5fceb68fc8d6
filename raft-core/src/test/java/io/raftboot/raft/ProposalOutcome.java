package io.raftboot.raft;

import io.raftboot.raft.ProposalDroppedException.Reason;
import org.jspecify.annotations.Nullable;

/** Remembers what became of a proposal. */
final class ProposalOutcome implements ProposalListener {
    private long term = -1;
    private long index = -1;
    private @Nullable RaftException reason;

    @Override
    public void appended(long appendedTerm, long appendedIndex) {
        term = appendedTerm;
        index = appendedIndex;
    }

    @Override
    public void dropped(RaftException droppedFor) {
        reason = droppedFor;
    }

    long term() {
        return term;
    }

    long index() {
        return index;
    }

    @Nullable
    RaftException reason() {
        return reason;
    }

    @Nullable
    Reason dropReason() {
        return reason instanceof ProposalDroppedException dropped ? dropped.reason() : null;
    }
}
