package io.raftboot.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Timer} on one thread. */
final class TimerThread implements Timer {
    private static final Logger log = LoggerFactory.getLogger(TimerThread.class);

    private final ThreadGuard guard;
    private final NamedThreads threads;
    private final ScheduledThreadPoolExecutor executor;

    TimerThread(String name, ThreadGuard guard) {
        this.guard = guard;
        this.threads = new NamedThreads(name, guard);
        executor = new ScheduledThreadPoolExecutor(1, threads);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void every(Duration pause, Runnable task) {
        var unused = executor.scheduleWithFixedDelay(
                guard.guarded(task), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void after(Duration delay, Runnable task) {
        try {
            var unused = executor.schedule(guard.guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("too late: the timer has stopped", e);
        }
    }

    @Override
    public void stop() {
        executor.shutdownNow();
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return threads.running().contains(Thread.currentThread())
                || executor.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public Set<Thread> threads() {
        return new HashSet<>(threads.running());
    }
}
