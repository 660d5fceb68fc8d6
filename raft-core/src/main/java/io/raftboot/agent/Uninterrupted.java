package io.raftboot.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting that an interrupt does not end; the thread keeps it for later. */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Something that waits for no longer than it says itself. */
    @FunctionalInterface
    public interface Wait {
        boolean run() throws InterruptedException;
    }

    public static void await(CountDownLatch latch) {
        boolean unused = run(() -> {
            latch.await();
            return true;
        });
    }

    /** Returns whether the latch is open. */
    public static boolean await(CountDownLatch latch, Duration patience) {
        var deadline = Deadline.after(patience);
        return run(() -> latch.await(deadline.leftNanos(), TimeUnit.NANOSECONDS));
    }

    /** Waits, anew after each interrupt. */
    public static boolean run(Wait wait) {
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
