package io.raftboot.replica.command;

import io.raftboot.agent.Clock;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.config.SessionPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * This member's session with one of its state machines: the name under which its commands can be sent again without being
 * applied again. Opened when a command first needs it, and anew when it may have ended for want of commands. Owned by the
 * raft stage, but for what says any thread.
 */
public final class CommandSession {
    /** Renewed well before all members would agree that it has ended, whatever their clocks' rates. */
    private static final int RENEWED_AFTER_PART_OF_TIMEOUT = 2;

    private static final long NONE = 0;

    private static final int MIN_DROPPED_AT = 1024;

    /** What is kept of a command: the command itself, behind a slow one, would outlive the room that its bytes were given. */
    private record Bound(long sequence, AtomicBoolean answered) {}

    private final String machine;
    private final long renewedAfterNanos;
    private final Clock clock;
    private final Opener opener;

    private long id = NONE;
    private boolean opening;
    private long lastUsedNanos;
    private long lastSequence;

    /** Bound to the session, in the order of their sequence. */
    private final ArrayDeque<Bound> unanswered = new ArrayDeque<>();

    /** How many there are when those that have an answer are dropped from among them. */
    private int droppedAt = MIN_DROPPED_AT;

    /** Commands that wait for the session to be opened. */
    private List<LocalCommand> held = new ArrayList<>();

    private volatile long lostId = NONE;

    /** Opens sessions. On the raft stage. */
    @FunctionalInterface
    interface Opener {
        void open(CommandSession session);
    }

    /** @param opener proposes to open the session, and has {@link #opened} called with the outcome */
    CommandSession(String machine, SessionPolicy policy, Clock clock, Opener opener) {
        this.machine = machine;
        this.renewedAfterNanos = policy.timeout().toNanos() / RENEWED_AFTER_PART_OF_TIMEOUT;
        this.clock = clock;
        this.opener = opener;
    }

    String machine() {
        return machine;
    }

    /**
     * Gives the command its place in the session, unless it has one already.
     *
     * @return whether it may be handed over; if not, it is held until the session is open
     */
    boolean bind(LocalCommand command) {
        if (command.sessionId() != NONE) {
            if (command.sessionId() == id) {
                command.lowestUnanswered(lowestUnanswered());
            }
            return true;
        }
        if (!usable()) {
            held.add(command);
            openOnce();
            return false;
        }
        lastUsedNanos = clock.nanoTime();
        lastSequence++;
        unanswered.add(new Bound(lastSequence, command.answered()));
        dropAnswered();
        command.bound(id, lastSequence);
        command.lowestUnanswered(lowestUnanswered());
        return true;
    }

    /** Called at times, so that there are never many more than are under way, at the price of a few steps for each. */
    private void dropAnswered() {
        if (unanswered.size() >= droppedAt) {
            unanswered.removeIf(bound -> bound.answered().get());
            droppedAt = Math.max(MIN_DROPPED_AT, 2 * unanswered.size());
        }
    }

    /** Some may have ended: their time may be up long before that of what opens the session. */
    void dropHeld() {
        held.removeIf(LocalCommand::isDone);
    }

    /** What is kept of commands. */
    int keptCount() {
        return unanswered.size() + held.size();
    }

    private void openOnce() {
        if (!opening) {
            opening = true;
            opener.open(this);
        }
    }

    /**
     * What came of opening the session.
     *
     * @return the commands that were held, unless they were refused
     */
    public List<LocalCommand> opened(Outcome outcome) {
        opening = false;
        var waiting = held;
        held = new ArrayList<>();
        if (outcome instanceof Outcome.Applied applied) {
            id = applied.index();
            lastUsedNanos = clock.nanoTime();
            lastSequence = 0;
            unanswered.clear();
        } else if (outcome instanceof Outcome.Refused refused && !timeWasUp(refused.reason())) {
            // As each of them would have been refused.
            waiting.forEach(command -> command.refuse(refused.reason(), refused.message()));
            return List.of();
        }
        return waiting;
    }

    /** What waited may have more time than the opening of its session had. */
    private static boolean timeWasUp(RefusalReason reason) {
        return reason == RefusalReason.NO_LEADER || reason == RefusalReason.TIMED_OUT;
    }

    /** Any thread: the state machine does not know the session any more. */
    void lost(long lostSessionId) {
        lostId = lostSessionId;
    }

    private boolean usable() {
        return id != NONE && id != lostId && clock.nanoTime() - lastUsedNanos < renewedAfterNanos;
    }

    /** The results from here on may still be needed. There is one at least, the command just bound. */
    private long lowestUnanswered() {
        Bound lowest = unanswered.peek();
        while (lowest != null && lowest.answered().get()) {
            unanswered.remove();
            lowest = unanswered.peek();
        }
        return lowest == null ? lastSequence + 1 : lowest.sequence();
    }
}
