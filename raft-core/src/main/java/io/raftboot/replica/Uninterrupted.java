package io.raftboot.replica;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting that an interrupt does not end; the thread keeps it for later. */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Something that waits for no longer than it says itself. */
    @FunctionalInterface
    interface Wait {
        boolean run() throws InterruptedException;
    }

    static void await(CountDownLatch latch) {
        boolean unused = run(() -> {
            latch.await();
            return true;
        });
    }

    /** Returns whether the latch is open. */
    static boolean await(CountDownLatch latch, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        return run(() -> latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
    }

    /** Waits, anew after each interrupt. */
    static boolean run(Wait wait) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return wait.run();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
