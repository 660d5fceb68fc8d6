package io.raftboot.replica.leader;

import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who leads, as this member knows it, and whether this member does and may act on it. Owned by the raft stage;
 * {@link #view()} may be read from any thread.
 *
 * <p>A leader is <em>ready</em> once it has applied an entry of its own term: then it has seen all that was committed
 * before (dissertation section 6.4, step 1), so it may stamp commands with the agreed time and answer reads.
 */
public final class Leadership {
    private static final long NONE = 0;

    private final AgreedTime agreedTime;
    private final ReplicaEvents events;
    private final Office office;
    private RaftRole role = RaftRole.FOLLOWER;
    private long leaderId = NONE;
    private long term;
    private boolean ready;
    private @Nullable LeaderAbsence absence;
    private Explanation explanation = () -> "";
    private final List<Runnable> onceReady = new ArrayList<>(1);
    private volatile View view = new View(RaftRole.FOLLOWER, NONE, 0, false);

    /** What may keep a leader from being known. Any thread. */
    @FunctionalInterface
    public interface Explanation {
        /** A sentence with a space before it; empty if nothing is known. */
        String text();
    }

    /**
     * As it was a moment ago.
     *
     * @param leaderId 0 if none is known
     * @param ready whether this member leads and may act on it
     */
    public record View(RaftRole role, long leaderId, long term, boolean ready) {
        /** View of a member that has ended. */
        public static final View ENDED = new View(RaftRole.FOLLOWER, NONE, 0, false);

        @Nullable
        public Long leader() {
            return leaderId == NONE ? null : leaderId;
        }
    }

    public Leadership(long nodeId, AgreedTime agreedTime, ReplicaEvents events) {
        this.agreedTime = agreedTime;
        this.events = events;
        this.office = new Office(nodeId, events);
    }

    /** What is told of it to the listeners; any thread. */
    public Office office() {
        return office;
    }

    /** Tells it, from now on, whether a leader is known. */
    public void noteAbsence(LeaderAbsence newAbsence) {
        absence = newAbsence;
    }

    /** Why there is no sense in waiting for a leader; null if there is. */
    @Nullable
    public String absence() {
        String refusal = absence == null ? null : absence.refusal();
        return refusal == null ? null : refusal + explanation();
    }

    /**
     * Has refusals for want of a leader say what may keep one away.
     *
     * @param newExplanation a sentence with a space before it; empty if nothing is known
     */
    public void explainBy(Explanation newExplanation) {
        explanation = newExplanation;
    }

    /** A sentence of what may keep a leader from being known, with a space before it, or nothing. */
    public String explanation() {
        return explanation.text();
    }

    public View view() {
        return view;
    }

    public boolean leads() {
        return role == RaftRole.LEADER;
    }

    public boolean ready() {
        return ready;
    }

    public RaftRole role() {
        return role;
    }

    /** 0 if none is known. */
    public long leaderId() {
        return leaderId;
    }

    public boolean leaderKnown() {
        return leaderId != NONE;
    }

    public long term() {
        return term;
    }

    public long stampMillis() {
        return agreedTime.nowMillis();
    }

    /**
     * Takes over what the core says now.
     *
     * @param softState null if it is as before
     * @return whether another leader is known now, or none, or the same in a new term
     */
    public boolean update(@Nullable SoftState softState, long newTerm) {
        boolean newTermOfOffice = newTerm != term;
        boolean otherLeader = softState != null && softState.leaderId() != leaderId;
        boolean changed = otherLeader || (newTermOfOffice && leads());
        term = newTerm;
        if (softState != null) {
            role = softState.role();
            leaderId = softState.leaderId();
        }
        if (ready && (!leads() || newTermOfOffice)) {
            ready = false;
            view = new View(role, leaderId, term, false);
            office.leave();
        }
        view = new View(role, leaderId, term, ready);
        if (absence != null) {
            absence.note(leaderKnown());
        }
        if (changed) {
            events.leaderChanged(view.leader(), term);
        }
        return changed;
    }

    /** Runs the action as soon as this member leads and has seen all that was committed before; now, if it does. */
    public void onceReady(Runnable action) {
        if (ready) {
            action.run();
        } else {
            onceReady.add(action);
        }
    }

    /**
     * Notes how far this member has applied.
     *
     * @param appliedTerm of the newest entry applied here
     * @param agreedTimeMillis as of that entry
     * @return whether this member just became ready to lead
     */
    public boolean becomeReady(long appliedTerm, LongSupplier agreedTimeMillis) {
        if (ready || !leads() || appliedTerm != term) {
            return false;
        }
        ready = true;
        view = new View(role, leaderId, term, true);
        agreedTime.takeOffice(agreedTimeMillis.getAsLong());
        office.take(term);
        onceReady.forEach(Runnable::run);
        onceReady.clear();
        return true;
    }

    /** The member stops: whatever it was, it leads no longer. */
    public void end() {
        view = new View(RaftRole.FOLLOWER, NONE, term, false);
        if (ready) {
            ready = false;
            office.leave();
        }
    }
}
