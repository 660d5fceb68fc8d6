package io.raftboot.replica;

import io.raftboot.agent.AgentThread;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.LogStage;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.replica.watch.GuardedPool;
import io.raftboot.replica.watch.ThreadGuard;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one run of a member: the stages' carriers, the ticker, the writer of snapshots, the readers, the one that
 * looks at the disk. What is thrown on any of them and is not the application's stops the member.
 */
final class MemberThreads {
    private static final Logger log = LoggerFactory.getLogger(MemberThreads.class);
    private static final int READERS = 4;

    /** Queries that wait for a thread; about as many as there may be commands. */
    static final int MAX_WAITING_QUERIES = 16 * 1024;

    /** One snapshot at a time, one look at the disk, and a few deletions of files. */
    private static final int MAX_WAITING_TASKS = 1024;

    private final String prefix;
    private final ThreadGuard guard;
    private final ScheduledThreadPoolExecutor ticker;
    private final Set<Thread> tickers = ConcurrentHashMap.newKeySet();
    private final GuardedPool snapshots;
    private final GuardedPool readers;
    private final GuardedPool space;
    private final GuardedPool fetcher;
    private final List<AgentThread> stages = new CopyOnWriteArrayList<>();

    /**
     * @param onFailure stops the member; called on the thread that failed
     */
    MemberThreads(String prefix, Consumer<Throwable> onFailure) {
        this.prefix = prefix;
        this.guard = new ThreadGuard(onFailure);
        ticker = new ScheduledThreadPoolExecutor(1, GuardedPool.named(prefix + "-tick", tickers));
        ticker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        ticker.setRemoveOnCancelPolicy(true);
        snapshots = new GuardedPool(prefix + "-snapshot", 1, MAX_WAITING_TASKS, guard);
        readers = new GuardedPool(prefix + "-read", READERS, MAX_WAITING_QUERIES, guard);
        space = new GuardedPool(prefix + "-space", 1, MAX_WAITING_TASKS, guard);
        fetcher = new GuardedPool(prefix + "-fetch", 1, MAX_WAITING_TASKS, guard);
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

    void carry(Carriers carriers, RaftStage raft, LogStage logStage, ApplyStage apply) {
        stages.addAll(carriers.carry(prefix, raft, logStage, apply, guard::tell));
        stages.forEach(AgentThread::start);
    }

    void tick(Duration interval, Runnable tick) {
        // With a delay, not at a rate: ticks that were missed must not come in a bunch afterwards. A follower would
        // count them as time in which it did not hear its leader, who relies on that time (LeaderLease).
        var unused = ticker.scheduleWithFixedDelay(
                guard.guarded(tick), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    void schedule(Runnable task, long delayMillis) {
        try {
            var unused = ticker.schedule(guard.guarded(task), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("too late: the member is stopping", e);
        }
    }

    /** Has the stages do nothing more than the round they are in. Any thread, also one of theirs. */
    void halt() {
        stages.forEach(AgentThread::stop);
        ticker.shutdownNow();
    }

    /** Has the others do what they have begun, and nothing more. */
    void shutdown() {
        snapshots.shutdown();
        readers.shutdown();
        space.shutdown();
        fetcher.shutdown();
    }

    /** Waits until the stages have ended, after {@link #halt}; returns whether they have. */
    boolean awaitStages(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean ended = true;
        for (AgentThread stage : stages) {
            ended &= stage.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
        return ended;
    }

    /** Waits until the queries under way have ended, after {@link #shutdown}; returns whether they have. */
    boolean awaitReaders(Duration patience) throws InterruptedException {
        return readers.awaitEnd(patience.toNanos());
    }

    /** Waits until nobody uses the member's directory any more, after {@link #shutdown}; returns whether that is so. */
    boolean awaitUsersOfTheDirectory(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        return awaitStages(patience)
                && snapshots.awaitEnd(deadline - System.nanoTime())
                && space.awaitEnd(deadline - System.nanoTime())
                && fetcher.awaitEnd(deadline - System.nanoTime());
    }

    /** Those that use the member's directory, and have not ended. */
    Set<Thread> usersOfTheDirectory() {
        var users = new HashSet<Thread>();
        for (AgentThread stage : stages) {
            if (stage.isAlive()) {
                users.add(stage.thread());
            }
        }
        users.addAll(snapshots.threads());
        users.addAll(space.threads());
        users.addAll(fetcher.threads());
        return users;
    }

    Set<Thread> readingThreads() {
        return Set.copyOf(readers.threads());
    }

    /** Whether the thread is one of these: whoever waits on it for their end waits for ever. */
    boolean own(Thread thread) {
        return usersOfTheDirectory().contains(thread) || readers.threads().contains(thread) || tickers.contains(thread);
    }
}
