package io.raftboot.agent;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One agent of an {@link AgentCrew}, and whether there is work for it and somebody at it. Who has taken it steps it and gives it back;
 * that there is work is said by any thread, after the work was put.
 */
final class Seat {
    private final Agent agent;

    /** Called for at first: what was put before the crew began has told nobody. */
    private final AtomicReference<State> state = new AtomicReference<>(State.CALLED);

    private enum State {
        /** There is nothing to do. */
        IDLE,
        /** There is work of a thread of the crew, which comes itself when it is through with what it is at. */
        LEFT,
        /** There is work, and somebody was called for it. */
        CALLED,
        TAKEN,
        /** Whoever is at it has made more work for it. */
        TAKEN_WITH_OWN,
        /** Somebody else has made more work for it. */
        TAKEN_WITH_MORE;

        /** There is work, of whoever is at it himself. */
        State withOwn() {
            return this == TAKEN ? TAKEN_WITH_OWN : this;
        }

        /** There is work, of a thread of the crew that is at something else. */
        State left() {
            return this == IDLE ? LEFT : taken() ? TAKEN_WITH_MORE : this;
        }

        /** There is work, and nobody who comes by himself. */
        State called() {
            return taken() ? TAKEN_WITH_MORE : CALLED;
        }

        boolean taken() {
            return this == TAKEN || this == TAKEN_WITH_OWN || this == TAKEN_WITH_MORE;
        }

        boolean waiting() {
            return this == LEFT || this == CALLED;
        }
    }

    Seat(Agent agent) {
        this.agent = agent;
    }

    Agent agent() {
        return agent;
    }

    /** There is more work, of the very thread that is at it. */
    void moreOfOwn() {
        var unused = state.getAndUpdate(State::withOwn);
    }

    /** There is work of a thread of the crew, which will look by itself. */
    void leave() {
        var unused = state.getAndUpdate(State::left);
    }

    /** There is work; returns whether somebody has to be called for it. */
    boolean call() {
        var before = state.getAndUpdate(State::called);
        return before == State.IDLE || before == State.LEFT;
    }

    /** Somebody is needed for it, if it was left to a thread that takes its time; returns whether that is so. */
    boolean callIfLeft() {
        return state.compareAndSet(State.LEFT, State.CALLED);
    }

    boolean isWaiting() {
        return Objects.requireNonNull(state.get()).waiting();
    }

    /** Takes it, if there is work and nobody at it. */
    boolean take() {
        return state.compareAndSet(State.LEFT, State.TAKEN) || state.compareAndSet(State.CALLED, State.TAKEN);
    }

    /** By whoever has taken it. Returns how much was done, which answers all that was said before. */
    int step() throws Exception {
        state.set(State.TAKEN);
        var activity = agent.activity();
        activity.begin();
        int work = agent.doWork();
        activity.end();
        return work;
    }

    /** Whether others have made work for it during the step. */
    boolean hasMoreOfOthers() {
        return state.get() == State.TAKEN_WITH_MORE;
    }

    /** By whoever has taken it: nobody is at it any more, unless there is more to do. Returns whether that is so. */
    boolean giveBack() {
        return state.compareAndSet(State.TAKEN, State.IDLE);
    }
}
