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

    /**
     * The only term in which the command may be appended, from when it is out of this stage's hands: until an entry of
     * a later term is applied, its end is unknown. 0 while it is in this stage's hands.
     */
    private long handedOverTerm;

    private long restoredIndexThen;

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

    /**
     * About to be sent to another member, or proposed here.
     *
     * @param term          in which it is appended, or not at all
     * @param restoredIndex of the newest snapshot that replaced the state so far
     */
    void handOver(long term, long restoredIndex) {
        handedOverTerm = term;
        restoredIndexThen = restoredIndex;
    }

    /** Certainly not appended where it was handed to: it may be handed over again. */
    void takeBack() {
        handedOverTerm = 0;
    }

    boolean handedOver() {
        return handedOverTerm != 0;
    }

    /** Whether an entry of a later term is applied, and so all that was ever committed of this one's. */
    boolean outlived(long appliedTerm) {
        return handedOver() && appliedTerm > handedOverTerm;
    }

    /** Whether it may have been in a snapshot that came since it was handed over. */
    boolean maybeInSnapshot(long restoredIndex) {
        return restoredIndex != restoredIndexThen;
    }

    @Override
    public void appended(long term, long index) {
        handedOverTerm = term;
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
