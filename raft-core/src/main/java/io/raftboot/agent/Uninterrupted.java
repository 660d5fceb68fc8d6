package io.raftboot.agent;

/** Waiting that an interrupt does not end; the thread keeps it for later. */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Something that waits for no longer than it says itself. */
    @FunctionalInterface
    public interface Wait {
        boolean run() throws InterruptedException;
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
