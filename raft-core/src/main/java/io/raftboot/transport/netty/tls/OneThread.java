package io.raftboot.transport.netty.tls;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Does one task after the other, so that handshakes, of which strangers may begin any number, take one processor at most, and never
 * the one of the event loop. Any thread.
 */
final class OneThread implements Executor {
    private final Executor threads;

    // Guarded by this.
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    /** @param threads has a thread for each task, whose failures it looks after */
    OneThread(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        if (add(task)) {
            try {
                threads.execute(this::run);
            } catch (RejectedExecutionException e) {
                giveUp();
                throw e;
            }
        }
    }

    private synchronized boolean add(Runnable task) {
        boolean begins = !running;
        running = true;
        tasks.add(task);
        return begins;
    }

    /** There is no thread to be had: the connections that wait end by their time-out. */
    private synchronized void giveUp() {
        tasks.clear();
        running = false;
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = tasks.poll();
        running = task != null;
        return task;
    }

    private void run() {
        Runnable task = next();
        boolean done = false;
        try {
            while (task != null) {
                task.run();
                task = next();
            }
            done = true;
        } finally {
            if (!done) {
                giveUp();
            }
        }
    }
}
