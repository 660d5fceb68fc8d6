package io.raftboot.replica;

import io.raftboot.raft.ProposalDroppedException;
import io.raftboot.raft.RaftException;
import io.raftboot.replica.proto.Envelope;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * A command of a caller of this member. Belongs to the raft stage, which alone hands it over, takes it back, refuses it
 * and calls its end unknown, so that a refusal is never given for what is under way; only the apply stage, with what
 * came of the command, may be quicker.
 */
final class LocalCommand implements Command {
    private final Envelope envelope;
    private final long deadlineNanos;
    private final PendingCommands pending;
    private final BiConsumer<LocalCommand, RaftException> onDropped;
    private final CompletableFuture<Outcome> future = new CompletableFuture<>();

    /** From when the command is out of this stage's hands its end is unknown until it is seen. */
    private boolean handedOver;

    private long appendedIndex;

    /**
     * @param onDropped told, on the raft stage, that the core did not take the command
     */
    LocalCommand(
            Envelope envelope,
            long deadlineNanos,
            PendingCommands pending,
            BiConsumer<LocalCommand, RaftException> onDropped) {
        this.envelope = envelope;
        this.deadlineNanos = deadlineNanos;
        this.pending = pending;
        this.onDropped = onDropped;
    }

    @Override
    public Envelope envelope() {
        return envelope;
    }

    long counter() {
        return envelope.getAskedCounter();
    }

    CompletableFuture<Outcome> future() {
        return future;
    }

    @Override
    public boolean isDone() {
        return future.isDone();
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** About to be sent to another member, or proposed here. */
    void handOver() {
        handedOver = true;
    }

    /** Certainly not appended where it was handed to: it may be handed over again. */
    void takeBack() {
        handedOver = false;
        appendedIndex = 0;
    }

    boolean handedOver() {
        return handedOver;
    }

    @Override
    public void appended(long term, long index) {
        appendedIndex = index;
    }

    /** Where it was appended; 0 if that is not known. */
    long appendedIndex() {
        return appendedIndex;
    }

    @Override
    public void dropped(RaftException reason) {
        takeBack();
        onDropped.accept(this, reason);
    }

    @Override
    public void refuse(RefusalReason reason, String message) {
        complete(new Outcome.Refused(reason, message));
    }

    void complete(Outcome outcome) {
        pending.remove(this);
        future.complete(outcome);
    }

    static boolean overloaded(RaftException reason) {
        return reason instanceof ProposalDroppedException dropped
                && dropped.reason() == ProposalDroppedException.Reason.UNCOMMITTED_LIMIT;
    }
}
