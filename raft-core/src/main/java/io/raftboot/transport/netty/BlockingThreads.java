package io.raftboot.transport.netty;

import io.raftboot.agent.AgentHost;
import io.raftboot.transport.ErrorGuard;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Threads for what blocks: one for each task, as there is one look-up of a name at a time for each peer, and one transfer of a
 * snapshot's file. Any thread.
 */
final class BlockingThreads implements Executor {
    private final AgentHost host;
    private final String name;
    private final ErrorGuard guard;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // Guarded by this.
    private int underWay;
    private boolean closed;

    BlockingThreads(AgentHost host, String name, ErrorGuard guard) {
        this.host = host;
        this.name = name;
        this.guard = guard;
    }

    /**
     * Runs the task at once.
     *
     * @throws RejectedExecutionException if the transport is closed, or there is no thread to be had
     */
    @Override
    public void execute(Runnable task) {
        begins();
        try {
            host.start(name, () -> run(task));
        } catch (OutOfMemoryError e) {
            // Thrown also where the machine allows the process no more threads, which may pass.
            ends();
            throw new RejectedExecutionException("no thread can be started: " + e.getMessage(), e);
        }
    }

    /** Whether the calling thread is one of these. */
    boolean isCurrent() {
        return running.contains(Thread.currentThread());
    }

    /** Takes nothing more. What is under way goes on. */
    synchronized void close() {
        closed = true;
        tellIfEnded();
    }

    /** Behind the close: waits until nothing is under way; returns whether that is so. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return host.awaitDone(ended, patience);
    }

    void interrupt() {
        running.forEach(Thread::interrupt);
    }

    private void run(Runnable task) {
        var thread = Thread.currentThread();
        running.add(thread);
        try {
            guard.run(task);
        } finally {
            running.remove(thread);
            ends();
        }
    }

    private synchronized void begins() {
        if (closed) {
            throw new RejectedExecutionException("the transport is closed");
        }
        underWay++;
    }

    private synchronized void ends() {
        underWay--;
        tellIfEnded();
    }

    private void tellIfEnded() {
        if (closed && underWay == 0) {
            ended.complete(null);
        }
    }
}
