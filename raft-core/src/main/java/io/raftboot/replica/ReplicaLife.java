package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Deadline;
import io.raftboot.agent.Uninterrupted;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.LifeNews;
import io.raftboot.replica.watch.LifeTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a replica is in its life, and the only place that changes it. Any thread.
 *
 * <pre>
 *   STOPPED --start--> STARTING --it leads, or is one of several--> RUNNING --stop--> STOPPING --all closed--> STOPPED
 *      ^                   |                                          |                  ^
 *      +---- it can't -----+                                     a thread fails          |
 *                          ^                                          v                  |
 *                          +----------- start, restart ------------ FAILED ----stop------+
 * </pre>
 *
 * A run begins when all of the one before is closed: whoever starts waits for that, and so does whoever stops, also if
 * others have asked before, or the member ends by itself. The lock is held for moments only, never while anything opens,
 * closes or is waited for.
 */
final class ReplicaLife implements ReplicaRun.Told {
    private static final Logger log = LoggerFactory.getLogger(ReplicaLife.class);

    private final ReplicaConfig config;
    private final ReplicaStart starting;
    private final LifeNews news;
    private final LifeTimes times;
    private final AgentHost host;
    private final Object lock = new Object();

    private volatile ReplicaState state = ReplicaState.STOPPED;
    private volatile @Nullable ReplicaRun run;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable ReplicaStatus lastKnown;
    private volatile @Nullable PendingRestart pendingRestart;

    /** Counts, guarded by the lock as all below, what was asked for from outside: a restart that was planned gives way to it. */
    private long orders;

    private long stops;
    private int restarts;
    private Deadline stable = Deadline.after(Duration.ZERO);
    private final RandomGenerator spread;

    ReplicaLife(ReplicaConfig config, ReplicaStart starting, LifeNews news, ReplicaRuntime runtime) {
        this.config = config;
        this.starting = starting;
        this.news = news;
        this.times = runtime.times();
        this.host = runtime.host();
        this.spread = host.random();
    }

    ReplicaState state() {
        return state;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** What the last run was like when it ended. */
    @Nullable
    ReplicaStatus lastKnown() {
        return lastKnown;
    }

    @Nullable
    PendingRestart pendingRestart() {
        return pendingRestart;
    }

    /** The one that takes calls, or null. */
    @Nullable
    RunningMember running() {
        var now = state;
        var current = run;
        boolean takesCalls = now == ReplicaState.RUNNING || now == ReplicaState.STOPPING;
        return current == null || !takesCalls ? null : current.member();
    }

    /** As {@link Replica#start}. */
    void start() {
        var begun = begin();
        if (begun != null) {
            try {
                bringUp(begun);
            } catch (Throwable e) {
                throw notStarted(begun, e);
            }
        }
    }

    /** As {@link Replica#stop}. */
    void stop() {
        var ending = beginStop();
        if (ending == null) {
            return;
        }
        if (isOwnThread(ending)) {
            log.info("node {} was stopped on a thread of its own: it ends when that thread lets it", config.nodeId());
            return;
        }
        boolean ended = ending.awaitClosed(times.patience());
        synchronized (lock) {
            var deadline = Deadline.after(times.patience());
            while (ended && run == ending && state == ReplicaState.STARTING && waitUntil(deadline)) {
                // Whoever starts it is about to learn that it was stopped.
            }
            settle(ending);
            if (!ended && run == ending) {
                var hindrance = "node " + config.nodeId() + " was stopped, but " + ending.hindrance()
                        + "; its directory " + config.dataDir() + " stays locked until that has ended";
                log.error("{}", hindrance);
                failure = new IllegalStateException(hindrance);
            }
        }
    }

    private @Nullable ReplicaRun beginStop() {
        synchronized (lock) {
            orders++;
            stops++;
            lock.notifyAll();
            pendingRestart = null;
            var ending = run;
            if (ending == null) {
                return null;
            }
            if (state == ReplicaState.RUNNING || state == ReplicaState.FAILED || state == ReplicaState.REMOVED) {
                state = ReplicaState.STOPPING;
                failure = null;
            }
            ending.end("the member was stopped", times.drain());
            settle(ending);
            return ending.isClosed() && state != ReplicaState.STARTING ? null : ending;
        }
    }

    /** Makes a run as soon as there is no other; null if one is running. */
    private @Nullable ReplicaRun begin() {
        synchronized (lock) {
            orders++;
            lock.notifyAll();
            long stopsBefore = stops;
            if (awaitNoOther(() -> stops == stopsBefore)) {
                return newRun();
            }
            if (state != ReplicaState.RUNNING) {
                throw starting.stopped();
            }
            return null;
        }
    }

    /** As {@link #begin}, for a restart: null also if somebody has decided otherwise meanwhile. */
    private @Nullable ReplicaRun beginAgain(long order) {
        synchronized (lock) {
            return awaitNoOther(() -> orders == order) ? newRun() : null;
        }
    }

    /** Waits with the lock; returns true once there is no other run, false if one is running, or none is wanted any more. */
    private boolean awaitNoOther(BooleanSupplier wanted) {
        var deadline = Deadline.after(times.patience());
        while (wanted.getAsBoolean() && state != ReplicaState.RUNNING) {
            var former = run;
            boolean starting = state == ReplicaState.STARTING;
            if (former == null || (former.isClosed() && !starting)) {
                return true;
            }
            refuseOwnThread(former);
            if (starting) {
                // Another thread starts it, which takes the time it takes.
                deadline = Deadline.after(times.patience());
            }
            if (!waitUntil(deadline)) {
                throw notEnded(former);
            }
        }
        return false;
    }

    private ReplicaRun newRun() {
        var begun = new ReplicaRun(config, host, times, this, news);
        try {
            begun.begin();
        } catch (OutOfMemoryError e) {
            throw new ReplicaStartException(
                    ReplicaStartException.Problem.INPUT_OUTPUT,
                    "the member can't start: this process gets no more threads: " + e.getMessage(),
                    e);
        }
        run = begun;
        state = ReplicaState.STARTING;
        failure = null;
        pendingRestart = null;
        return begun;
    }

    private void bringUp(ReplicaRun begun) throws IOException {
        starting.run(begun, cause -> failed(begun, cause));
        synchronized (lock) {
            starting.checkWanted(begun);
            begun.isUp();
            stable = Deadline.after(times.stable());
            failure = begun.failure();
            state = failure == null ? ReplicaState.RUNNING : ReplicaState.behind(failure);
            lock.notifyAll();
            if (failure == null) {
                news.started();
            }
        }
    }

    /** Closes what was opened; returns what to throw. */
    private RuntimeException notStarted(ReplicaRun begun, Throwable cause) {
        giveUp(begun, null);
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked
                ? unchecked
                : new ReplicaStartException(
                        ReplicaStartException.Problem.INPUT_OUTPUT,
                        "the member can't start: " + cause.getMessage(),
                        cause);
    }

    /** Ends a run that did not come up. It stays in STOPPING for as long as something keeps it from being closed. */
    private void giveUp(ReplicaRun begun, @Nullable Throwable cause) {
        begun.end("the member did not start", Duration.ZERO);
        boolean ended = begun.awaitClosed(times.patience());
        synchronized (lock) {
            failure = cause;
            state = cause != null ? ReplicaState.behind(cause) : ended ? ReplicaState.STOPPED : ReplicaState.STOPPING;
            lock.notifyAll();
        }
    }

    private ReplicaStartException notEnded(ReplicaRun former) {
        var why = "the run of node " + config.nodeId() + " before this one has not ended: " + former.hindrance()
                + ". Its directory " + config.dataDir() + " stays locked until that has ended";
        return new ReplicaStartException(
                ReplicaStartException.Problem.DIRECTORY_LOCKED, why, new IllegalStateException(why));
    }

    private void refuseOwnThread(ReplicaRun former) {
        if (isOwnThread(former)) {
            throw new IllegalStateException("node " + config.nodeId()
                    + " can't be started on a thread of its own, which has to end first: "
                    + Thread.currentThread().getName() + "; use another thread");
        }
    }

    private boolean isOwnThread(ReplicaRun former) {
        return former.own(Thread.currentThread()) || starting.isTransportThread();
    }

    /** On the thread that failed: what fails in consequence is not the cause. Needs no memory. */
    private void failed(ReplicaRun failing, Throwable cause) {
        if (!failing.fail(cause)) {
            log.debug("node {} had failed or was stopped already", config.nodeId(), cause);
            return;
        }
        synchronized (lock) {
            if (run == failing && state == ReplicaState.RUNNING) {
                failure = cause;
                state = ReplicaState.behind(cause);
                lock.notifyAll();
            }
        }
    }

    @Override
    public void failed(Throwable cause, boolean isClosed) {
        news.failed(cause);
        if (!isClosed || !PassingFailure.comesBack(config.onFailure(), cause)) {
            news.failedForGood(cause);
        }
    }

    @Override
    public void closed(ReplicaRun ended) {
        Throwable cause;
        long order;
        synchronized (lock) {
            var last = ended.lastKnown();
            lastKnown = last == null ? lastKnown : last;
            while (run == ended && state == ReplicaState.STARTING) {
                // Its start is about to say what becomes of it.
                waitUntil(Deadline.after(times.patience()));
            }
            settle(ended);
            cause = failure;
            order = orders;
            if (run != ended || state != ReplicaState.FAILED || !ended.wasUp() || cause == null) {
                return;
            }
            restarts = stable.isOver() ? 0 : restarts;
        }
        restartWhileItMayPass(cause, order);
    }

    private void restartWhileItMayPass(Throwable first, long order) {
        Throwable cause = first;
        while (true) {
            if (!PassingFailure.comesBack(config.onFailure(), cause)) {
                if (config.onFailure() == OnFailure.RESTART) {
                    news.staysFailed();
                }
                if (cause != first) {
                    news.failedForGood(cause);
                }
                return;
            }
            try {
                if (awaitRestart(order)) {
                    var begun = beginAgain(order);
                    if (begun != null) {
                        restart(begun);
                    }
                }
                return;
            } catch (RuntimeException | IOException | Error e) {
                cause = e;
            }
        }
    }

    private void restart(ReplicaRun begun) throws IOException {
        try {
            bringUp(begun);
            news.startedAgain();
        } catch (RuntimeException | IOException | Error e) {
            news.notStartedAgain(e);
            giveUp(begun, begun.isEndAsked() && isStopped(e) ? null : e);
            throw e;
        }
    }

    private static boolean isStopped(Throwable e) {
        return e instanceof ReplicaStartException start && start.problem() == ReplicaStartException.Problem.STOPPED;
    }

    /** Returns false if somebody has decided otherwise meanwhile. */
    private boolean awaitRestart(long order) {
        synchronized (lock) {
            restarts++;
            long fullMillis = times.beforeRestart(restarts).toMillis();
            // Members that failed together, by a disk or a machine that they share, do not come back in step.
            long millis = fullMillis - spread.nextLong(fullMillis / 4 + 1);
            if (order != orders || state != ReplicaState.FAILED) {
                return false;
            }
            pendingRestart = new PendingRestart(restarts, Duration.ofMillis(millis));
            news.isToStart(restarts, millis);
            var deadline = Deadline.after(Duration.ofMillis(millis));
            while (order == orders && waitUntil(deadline)) {
                // Only an order from outside ends the wait early.
            }
            return order == orders;
        }
    }

    private void settle(ReplicaRun ended) {
        if (run == ended && ended.isClosed() && state == ReplicaState.STOPPING) {
            state = ReplicaState.STOPPED;
            failure = null;
            news.stopped();
        }
        lock.notifyAll();
    }

    /** Gives the lock away for a while; returns whether there is time left. */
    private boolean waitUntil(Deadline deadline) {
        return Uninterrupted.run(() -> {
            long leftNanos = deadline.leftNanos();
            if (leftNanos > 0) {
                TimeUnit.NANOSECONDS.timedWait(lock, leftNanos);
            }
            return leftNanos > 0;
        });
    }
}
