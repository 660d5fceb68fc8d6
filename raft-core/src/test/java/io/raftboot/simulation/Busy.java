package io.raftboot.simulation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How many pieces of work something is at: more than none beside an event only while they wait in the midst of it. */
final class Busy {
    private final SimulatedHost host;
    private int count;
    private @Nullable Thread last;
    private CompletableFuture<Void> free = CompletableFuture.completedFuture(null);

    Busy(SimulatedHost host) {
        this.host = host;
    }

    int count() {
        return count;
    }

    void begin() {
        if (count++ == 0) {
            free = new CompletableFuture<>();
        }
        last = Thread.currentThread();
    }

    void end() {
        last = null;
        if (--count == 0) {
            free.complete(null);
        }
    }

    /** Interrupts what was begun last, unless that has ended. */
    void interrupt() {
        if (last != null) {
            last.interrupt();
        }
    }

    /** Waits until it is at nothing; not for what calls, should that be a part of it. */
    boolean awaitFree(Duration patience) throws InterruptedException {
        return count == 0 || last == Thread.currentThread() || host.awaitEnd(free, patience);
    }
}
