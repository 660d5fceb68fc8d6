package io.raftboot.agent;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread of an {@link AgentCrew}. What says nothing else is for itself alone. */
final class CrewThread {
    private final CarryingThread thread;

    /** Rests, or is about to, and nobody has called it. */
    private final AtomicBoolean idle = new AtomicBoolean();

    /** What it is at. */
    private @Nullable Seat seat;

    private boolean failed;

    CrewThread(AgentCrew crew, String name) {
        this.thread = new CarryingThread(() -> crew.run(this), name);
    }

    /** Any thread. */
    CarryingThread thread() {
        return thread;
    }

    /** Once. Any thread. */
    void start() {
        thread.start();
    }

    /** Whether it comes to what it leaves for itself. */
    boolean looks() {
        return !failed;
    }

    /** It has failed, and what it does now is its last act. */
    void looksNoMore() {
        failed = true;
    }

    @Nullable
    Seat seat() {
        return seat;
    }

    void at(@Nullable Seat taken) {
        seat = taken;
    }

    /** Rests until it is called, if there is nothing to do once others know that it is about to. */
    void rest(BooleanSupplier isNothingToDo) {
        idle.set(true);
        if (isNothingToDo.getAsBoolean()) {
            LockSupport.park(this);
        }
        idle.set(false);
    }

    /** Any thread: has it look, if it rests; returns whether it does. */
    boolean callIfIdle() {
        // Reading first spares those who are at work the exchange of a cache line.
        boolean called = idle.get() && idle.compareAndSet(true, false);
        if (called) {
            LockSupport.unpark(thread);
        }
        return called;
    }

    /** Any thread: has it look. */
    void call() {
        LockSupport.unpark(thread);
    }

    /** As {@link Hosted#awaitEnd}; any thread. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return thread.awaitEnd(patience);
    }
}
