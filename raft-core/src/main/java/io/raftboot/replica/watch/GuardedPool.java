package io.raftboot.replica.watch;

import io.raftboot.agent.AgentThread;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for one kind of work, that come with it and end when there is none. What a task throws goes to the {@link ThreadGuard};
 * a task that can't be taken is rejected, never dropped.
 */
public final class GuardedPool implements Executor {
    private static final long IDLE_SECONDS = 10;

    private final String name;
    private final ThreadGuard guard;
    private final ThreadPoolExecutor pool;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /**
     * @param name       of its threads
     * @param maxThreads at once
     * @param maxWaiting tasks beside those that run; more are rejected
     */
    public GuardedPool(String name, int maxThreads, int maxWaiting, ThreadGuard guard) {
        this.name = name;
        this.guard = guard;
        BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>(maxWaiting);
        pool = new ThreadPoolExecutor(
                maxThreads, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, waiting, named(name, threads));
        pool.allowCoreThreadTimeOut(true);
    }

    /** Daemon threads, numbered from the second on, that are in the set while they run. */
    public static ThreadFactory named(String name, Set<Thread> running) {
        var count = new AtomicInteger();
        return task -> {
            int number = count.incrementAndGet();
            var thread = new Thread(
                    null,
                    () -> {
                        try {
                            task.run();
                        } finally {
                            running.remove(Thread.currentThread());
                        }
                    },
                    number == 1 ? name : name + "-" + number,
                    AgentThread.STACK_BYTES);
            thread.setDaemon(true);
            running.add(thread);
            return thread;
        };
    }

    /** @throws RejectedExecutionException saying why: too much waits, the pool is shut down, or no thread is to be had */
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

    /** What waits is still done; nothing new is taken. */
    public void shutdown() {
        pool.shutdown();
    }

    public boolean awaitEnd(long nanos) throws InterruptedException {
        return pool.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    }

    /** Those that run, or are kept for a while. */
    public Set<Thread> threads() {
        threads.removeIf(thread -> thread.getState() == Thread.State.NEW && pool.isShutdown());
        return threads;
    }
}
