package io.raftboot.replica;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of one run of a member: the stages' carriers, the ticker, the writer of snapshots, the readers. */
final class MemberThreads {
    private static final Logger log = LoggerFactory.getLogger(MemberThreads.class);
    private static final int READERS = 4;
    private static final long IDLE_SECONDS = 10;
    private static final long END_TIMEOUT_MILLIS = 10_000;

    private final String prefix;
    private final ScheduledThreadPoolExecutor ticker;
    private final ThreadPoolExecutor snapshots;
    private final ThreadPoolExecutor readers;
    private final ThreadPoolExecutor space;
    private final ThreadPoolExecutor fetcher;
    private final List<StageThread> stages = new ArrayList<>();

    MemberThreads(String prefix) {
        this.prefix = prefix;
        ticker = new ScheduledThreadPoolExecutor(1, named(prefix + "-tick"));
        ticker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        ticker.setRemoveOnCancelPolicy(true);
        snapshots = pool(1, prefix + "-snapshot");
        readers = pool(READERS, prefix + "-read");
        space = pool(1, prefix + "-space");
        fetcher = pool(1, prefix + "-fetch");
    }

    Executor readers() {
        return readers;
    }

    Executor space() {
        return space;
    }

    /** Reads entries back from the log. */
    Executor fetcher() {
        return fetcher;
    }

    Executor snapshots() {
        return snapshots;
    }

    void carry(Carriers carriers, RaftStage raft, LogStage logStage, ApplyStage apply, Consumer<Throwable> onFailure) {
        stages.addAll(carriers.carry(prefix, raft, logStage, apply, onFailure));
        stages.forEach(StageThread::start);
    }

    void tick(Duration interval, Runnable tick) {
        // With a delay, not at a rate: ticks that were missed must not come in a bunch afterwards. A follower would
        // count them as time in which it did not hear its leader, who relies on that time (LeaderLease).
        var unused = ticker.scheduleWithFixedDelay(
                () -> {
                    try {
                        tick.run();
                    } catch (RuntimeException e) {
                        // Thrown on, it would end the ticks without a word.
                        log.error("a tick failed", e);
                    }
                },
                interval.toNanos(),
                interval.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    void schedule(Runnable task, long delayMillis) {
        try {
            var unused = ticker.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("too late: the member is stopping", e);
        }
    }

    /** Has the stages do nothing more than the round they are in. Any thread, also one of theirs. */
    void halt() {
        ticker.shutdownNow();
        stages.forEach(StageThread::stop);
    }

    /**
     * Ends all threads; not called on one of them.
     *
     * @return whether they have ended
     */
    boolean end() {
        halt();
        snapshots.shutdown();
        readers.shutdown();
        space.shutdown();
        fetcher.shutdown();
        try {
            boolean all = true;
            for (StageThread stage : stages) {
                all &= stage.join(END_TIMEOUT_MILLIS);
            }
            all &= ended(ticker);
            all &= ended(snapshots);
            all &= ended(readers);
            all &= ended(space);
            all &= ended(fetcher);
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean ended(ExecutorService executor) throws InterruptedException {
        return executor.awaitTermination(END_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static ThreadPoolExecutor pool(int size, String name) {
        var pool = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        var count = new AtomicInteger();
        return task -> {
            int number = count.incrementAndGet();
            var thread = new Thread(task, number == 1 ? name : name + "-" + number);
            thread.setDaemon(true);
            return thread;
        };
    }
}
