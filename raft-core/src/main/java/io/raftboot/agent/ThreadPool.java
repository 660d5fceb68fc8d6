package io.raftboot.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for one kind of work, that come with it and end when there is none. What a task throws goes to the {@link ThreadGuard}. */
final class ThreadPool implements Worker {
    private static final long IDLE_SECONDS = 10;

    private final String name;
    private final ThreadGuard guard;
    private final NamedThreads threads;
    private final ThreadPoolExecutor pool;

    ThreadPool(String name, int maxThreads, int maxWaiting, ThreadGuard guard) {
        this.name = name;
        this.guard = guard;
        this.threads = new NamedThreads(name, guard);
        pool = new ThreadPoolExecutor(
                maxThreads, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(maxWaiting), threads);
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(guard.guarded(task));
        } catch (RejectedExecutionException e) {
            throw new RejectedExecutionException(
                    pool.isShutdown()
                            ? "the member is stopping"
                            : "too much waits for " + name + " already: "
                                    + pool.getQueue().size(),
                    e);
        } catch (OutOfMemoryError e) {
            // Thrown also where the machine allows the process no more threads, which may pass.
            throw new RejectedExecutionException("no thread " + name + " can be started: " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() {
        pool.shutdown();
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return pool.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public Set<Thread> threads() {
        threads.running().removeIf(thread -> thread.getState() == Thread.State.NEW && pool.isShutdown());
        return new HashSet<>(threads.running());
    }
}
