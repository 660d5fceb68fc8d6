package io.raftboot.replica;

import io.raftboot.raft.ProposalDroppedException;
import io.raftboot.raft.RaftException;
import io.raftboot.replica.proto.Envelope;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A command of a caller of this member. Belongs to the raft stage, which alone hands it over, takes it back, refuses it
 * and calls its end unknown, so that a refusal is never given for what is under way; only the apply stage, with what
 * came of the command, may be quicker.
 */
final class LocalCommand implements Command {
    private final Envelope.Builder envelope;
    private final long deadlineNanos;
    private final PendingCommands pending;
    private final @Nullable MemberSession session;
    private final BiConsumer<LocalCommand, RaftException> onDropped;
    private final CompletableFuture<Outcome> future = new CompletableFuture<>();

    /**
     * The only term in which the command may be appended, from when it is out of this stage's hands: until an entry of
     * a later term is applied, its end is unknown. 0 while it is in this stage's hands.
     */
    private long handedOverTerm;

    private long restoredIndexThen;
    private int attempt;

    /** Whether it is in this stage's hands again although it may have been appended: only if it is {@link #repeatable}. */
    private volatile boolean uncertain;

    /**
     * @param session   whose commands are applied once however often they are sent; null for none
     * @param onDropped told, on the raft stage, that the core did not take the command
     */
    LocalCommand(
            Envelope.Builder envelope,
            long deadlineNanos,
            PendingCommands pending,
            @Nullable MemberSession session,
            BiConsumer<LocalCommand, RaftException> onDropped) {
        this.envelope = envelope;
        this.deadlineNanos = deadlineNanos;
        this.pending = pending;
        this.session = session;
        this.onDropped = onDropped;
    }

    @Override
    public Envelope.Builder envelope() {
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

    // --- its session --------------------------------------------------------------------------------------------

    /** Whether it may be sent again without being applied again. */
    boolean repeatable() {
        return session != null || envelope.hasIdempotencyKey();
    }

    /** Whether it may be handed over; if not, its session holds it until it may. */
    boolean ready() {
        return session == null || session.bind(this);
    }

    /** 0 before it is bound to one. */
    long sessionId() {
        return envelope.getSessionId();
    }

    long sequence() {
        return envelope.getSessionSequence();
    }

    void bound(long sessionId, long sequence) {
        envelope.setSessionId(sessionId).setSessionSequence(sequence);
    }

    void lowestUnanswered(long sequence) {
        envelope.setSessionLowestUnanswered(sequence);
    }

    // --- where it is --------------------------------------------------------------------------------------------

    /**
     * About to be sent to another member, or proposed here.
     *
     * @param term          in which it is appended, or not at all
     * @param restoredIndex of the newest snapshot that replaced the state so far
     */
    void handOver(long term, long restoredIndex) {
        handedOverTerm = term;
        restoredIndexThen = restoredIndex;
        attempt++;
    }

    /** Counts the times it was handed over: what is heard of an earlier one says nothing of the present one. */
    int attempt() {
        return attempt;
    }

    /** Certainly not appended where it was handed to: it may be handed over again. */
    void takeBack() {
        handedOverTerm = 0;
    }

    /** Perhaps appended where it was handed to; it may be handed over again because it is applied once only. */
    void takeBackToRepeat() {
        handedOverTerm = 0;
        uncertain = true;
    }

    /** Whether it may have been appended. */
    boolean maybeAppended() {
        return handedOverTerm != 0 || uncertain;
    }

    /** Whether an entry of a later term is applied, and so all that was ever committed of this one's. */
    boolean outlived(long appliedTerm) {
        return handedOverTerm != 0 && appliedTerm > handedOverTerm;
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

    // --- its end ------------------------------------------------------------------------------------------------

    /** To be called while it is in this stage's hands. Unknown all the same if it may have been appended before. */
    @Override
    public void refuse(RefusalReason reason, String message) {
        complete(uncertain ? new Outcome.Unknown(message) : new Outcome.Refused(reason, message));
    }

    /** On the apply stage: what came of the command's entry. */
    void applied(Outcome outcome) {
        if (outcome instanceof Outcome.Refused refused) {
            if (session != null && refused.reason() == RefusalReason.SESSION_EXPIRED) {
                session.lost(sessionId());
            }
            // This copy was not applied. An earlier one may have been, or may come behind it in the log.
            refuse(refused.reason(), refused.message());
        } else {
            complete(outcome);
        }
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
