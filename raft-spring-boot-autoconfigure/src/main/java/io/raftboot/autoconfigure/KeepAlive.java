package io.raftboot.autoconfigure;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the process alive: all threads of a member are daemons, so that none of them holds up an end that somebody wants, and
 * an application without a web server has no other thread once its {@code main} has returned.
 */
final class KeepAlive {
    static final String THREAD_NAME = "raft-keep-alive";

    private @Nullable CountDownLatch over;

    /** Keeps the process alive from now on. Does nothing if it does so already. */
    synchronized void begin() {
        if (over == null) {
            var latch = new CountDownLatch(1);
            var thread = new Thread(() -> await(latch), THREAD_NAME);
            thread.setDaemon(false);
            thread.start();
            over = latch;
        }
    }

    /** The process may end. */
    synchronized void end() {
        if (over != null) {
            over.countDown();
            over = null;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
