package io.raftboot.agent;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the application's work that may be interrupted, on a thread that may not be anywhere else: an interrupt closes
 * the files that its thread is at. Safe for use by several threads.
 */
public final class Interruptible {
    private @Nullable Thread thread;
    private boolean ended;
    private boolean interrupted;

    /** What is done in the stretch. */
    @FunctionalInterface
    public interface Work {
        public void run() throws IOException;
    }

    /** Does the work, and keeps no interrupt of it. */
    public void run(Work work) throws IOException {
        begin();
        try {
            work.run();
        } finally {
            end();
        }
    }

    /** Interrupts the work that is under way, and what may yet begin. */
    public synchronized void interrupt() {
        ended = true;
        interruptPresent();
    }

    /** Interrupts the work that is under way, if there is any. */
    public synchronized void interruptPresent() {
        if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
    }

    private synchronized void begin() {
        thread = Thread.currentThread();
        if (ended) {
            interruptPresent();
        }
    }

    private synchronized void end() {
        thread = null;
        if (interrupted) {
            interrupted = false;
            var unused = Thread.interrupted();
        }
    }
}
