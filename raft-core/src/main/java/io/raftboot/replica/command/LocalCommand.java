package io.raftboot.replica.command;

import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.ProposalDroppedException;
import io.raftboot.raft.RaftException;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.EnvelopeOrBuilder;
import io.raftboot.replica.watch.TimedCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A command of a caller of this member. Belongs to the raft stage, which alone hands it over, takes it back, refuses it
 * and calls its end unknown, so that a refusal is never given for what is under way; only the apply stage, with what
 * came of the command, may be quicker. Where this stage hangs its time-out is kept by somebody else, who takes it out of the
 * stage's hands in one step and says what that step found.
 */
public final class LocalCommand implements Command, TimedCall {
    private static final AtomicReferenceFieldUpdater<LocalCommand, Place> PLACE =
            AtomicReferenceFieldUpdater.newUpdater(LocalCommand.class, Place.class, "place");

    /** Takes commands that the core did not take. On the raft stage. */
    @FunctionalInterface
    public interface Dropped {
        void dropped(LocalCommand command, RaftException reason);
    }

    private final Envelope.Builder envelope;
    private final long counter;
    private final long deadlineNanos;
    private final PendingCommands pending;
    private final @Nullable CommandSession session;
    private final Dropped onDropped;
    private final CompletableFuture<Outcome> future = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();

    /** Where the command is. Moved by the raft stage alone, but for {@link #giveUp}, behind which it moves no more. */
    private volatile Place place = Place.HERE;

    /** The only term in which the command may be appended while it is {@link Place#AWAY}. */
    private long handedOverTerm;

    /** Where it was appended in that term; 0 until that is known. */
    private long appendedIndex;

    private long heldBytes;
    private long restoredIndexThen;
    private int attempt;

    private enum Place {
        /** In this stage's hands: no copy of it is under way. */
        HERE,
        /** Proposed to this member's own core, which has not said yet whether it has appended it, nor in which term. */
        PROPOSED,
        /** Appended here, or sent to another member: until an entry of a later term is applied, its end is unknown. */
        AWAY,
        /** Given up by who keeps its time-out, whatever this stage is at: it is not handed over any more. */
        GIVEN_UP
    }

    /** Whether it is in this stage's hands again although it may have been appended: only if it is {@link #repeatable}. */
    private volatile boolean uncertain;

    /**
     * @param session whose commands are applied once however often they are sent; null for none
     * @param onDropped told, on the raft stage, that the core did not take the command
     */
    public LocalCommand(
            Envelope.Builder envelope,
            long deadlineNanos,
            PendingCommands pending,
            @Nullable CommandSession session,
            Dropped onDropped) {
        this.envelope = envelope;
        this.counter = envelope.getAskedCounter();
        this.deadlineNanos = deadlineNanos;
        this.pending = pending;
        this.session = session;
        this.onDropped = onDropped;
    }

    @Override
    public Envelope.Builder envelope() {
        return envelope;
    }

    @Override
    public EnvelopeOrBuilder content() {
        return envelope;
    }

    long counter() {
        return counter;
    }

    /** Before it is pending: what it takes of the memory for all that are. */
    void holds(long bytes) {
        heldBytes = bytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    public CompletableFuture<Outcome> future() {
        return future;
    }

    @Override
    public boolean isDone() {
        return future.isDone();
    }

    /** Set when its caller has an answer, for who must not hold on to the command, and what is in it, until then. */
    AtomicBoolean answered() {
        return answered;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Whether it may be sent again without being applied again, or with no harm: of two sessions that are opened one is never used, and
     * ends by itself.
     */
    boolean repeatable() {
        return session != null || envelope.hasIdempotencyKey() || envelope.hasOpenSession();
    }

    @Nullable
    CommandSession session() {
        return session;
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

    /**
     * About to be sent to another member.
     *
     * @param term in which it is appended, or not at all
     * @param restoredIndex of the newest snapshot that replaced the state so far
     * @return false if it was given up; it must not be sent then
     */
    boolean handOver(long term, long restoredIndex) {
        handedOverTerm = term;
        return leave(Place.AWAY, restoredIndex);
    }

    /**
     * About to be proposed to this member's own core, which calls {@link #appended} or {@link #dropped}. Until then nobody
     * may take it back, whatever is applied meanwhile: the core may have it in its mailbox still.
     *
     * @param restoredIndex of the newest snapshot that replaced the state so far
     * @return false if it was given up; it must not be proposed then
     */
    boolean propose(long restoredIndex) {
        return leave(Place.PROPOSED, restoredIndex);
    }

    private boolean leave(Place to, long restoredIndex) {
        restoredIndexThen = restoredIndex;
        appendedIndex = 0;
        attempt++;
        return move(to);
    }

    private boolean move(Place to) {
        Place from = place;
        return from != Place.GIVEN_UP && PLACE.compareAndSet(this, from, to);
    }

    /**
     * Counts the times it left this stage's hands or came back into them: what is heard of an earlier attempt says nothing
     * of the present one, nor of a command that is here.
     */
    int attempt() {
        return attempt;
    }

    /** Certainly not appended where it was handed to: it may be handed over again. */
    void takeBack() {
        attempt++;
        move(Place.HERE);
    }

    /** Perhaps appended where it was handed to; it may be handed over again because it is applied once only. */
    void takeBackToRepeat() {
        uncertain = true;
        takeBack();
    }

    /** Whether it may have been appended. */
    boolean maybeAppended() {
        return place != Place.HERE || uncertain;
    }

    /** Whether an entry of a later term is applied, and so all that was ever committed of this one's. */
    boolean outlived(long appliedTerm) {
        return place == Place.AWAY && appliedTerm > handedOverTerm;
    }

    /** Whether it is known to have been appended at a place that a snapshot has passed, so that nobody saw it applied. */
    boolean passedBy(long restoredIndex) {
        return place == Place.AWAY && appendedIndex != 0 && appendedIndex <= restoredIndex;
    }

    /** Whether it may have been in a snapshot that came since it was handed over. */
    boolean maybeInSnapshot(long restoredIndex) {
        return restoredIndex != restoredIndexThen;
    }

    @Override
    public void appended(long term, long index) {
        handedOverTerm = term;
        appendedIndex = index;
        move(Place.AWAY);
    }

    @Override
    public void dropped(RaftException reason) {
        takeBack();
        onDropped.dropped(this, reason);
    }

    /** Refuses it while it is in this stage's hands. Its end is unknown all the same if it may have been appended before. */
    @Override
    public void refuse(RefusalReason reason, String message) {
        complete(uncertain ? new Outcome.Unknown(message) : new Outcome.Refused(reason, message));
    }

    /**
     * Unless this very step finds the command in the raft stage's hands, and it never was elsewhere, its end is unknown. It
     * counts among the pending ones until the raft stage has come to it: as long as that hangs, its queue holds all of it.
     */
    @Override
    public void giveUp(String hint) {
        Place found = PLACE.getAndSet(this, Place.GIVEN_UP);
        if (found == Place.HERE && !uncertain) {
            answer(new Outcome.Refused(
                    RefusalReason.TIMED_OUT, "this member did not come to it in time, and it was not sent" + hint));
        } else {
            answer(new Outcome.Unknown("not seen applied in time; it may have been, or may still be" + hint));
        }
    }

    @Override
    public void stopped(String why) {
        end(why);
    }

    /** The member has stopped, so nothing happens to the command any more. Any thread, once the stages have ended. */
    void end(String why) {
        complete(maybeAppended() ? new Outcome.Unknown(why) : new Outcome.Refused(RefusalReason.NOT_RUNNING, why));
    }

    /** On the apply stage: what came of the command's entry. */
    public void applied(Outcome outcome) {
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
        answer(outcome);
    }

    private void answer(Outcome outcome) {
        // First the mark, which those look at who hold it in place of the command.
        answered.set(true);
        future.complete(outcome);
    }

    static boolean overloaded(RaftException reason) {
        return reason instanceof ProposalDroppedException dropped
                && dropped.reason() == ProposalDroppedException.Reason.UNCOMMITTED_LIMIT;
    }
}
