package io.raftboot.agent;

import io.raftboot.api.ThreadFailedException;
import java.time.Duration;

/** A thread that is known by its class as one that carries stages, of whichever member. */
final class CarryingThread extends Thread {
    /** Whatever the process says of stacks: values of the application that are nested deeply are written and read here. */
    static final long STACK_BYTES = 4L * 1024 * 1024;

    CarryingThread(Runnable work, String name) {
        super(null, work, name, STACK_BYTES);
        setDaemon(true);
    }

    /** As {@link Hosted#awaitEnd}; any thread. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        if (this == Thread.currentThread() || !isAlive()) {
            return true;
        }
        // 0 would be for ever.
        join(Math.max(1, patience.toMillis()));
        return !isAlive();
    }

    /** What is told of a failure on this thread: an Error may come from anywhere and often says nothing, so the thread's name goes with it. */
    Throwable told(Throwable failure) {
        return failure instanceof Error ? new ThreadFailedException(getName(), failure) : failure;
    }
}
