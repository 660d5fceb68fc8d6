package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Uninterrupted;
import io.raftboot.api.MemberRemovedException;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.LifeNews;
import io.raftboot.replica.membership.BegunWithoutException;
import io.raftboot.replica.watch.LifeTimes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a member, from before its opening until all of it is closed. A thread of its own does the closing, which is
 * there before anything is opened: when a member fails for want of memory or of threads, none is to be had. It closes what a
 * thread uses when that thread has ended, however long that takes; so nobody else has to wait for more than he wants to.
 * Any thread.
 */
final class ReplicaRun {
    private static final Logger log = LoggerFactory.getLogger(ReplicaRun.class);

    private static final int FRAMES_SHOWN = 3;

    /** Longer than any process runs, and far from where nanoseconds overflow. */
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final ReplicaConfig config;
    private final AgentHost host;
    private final LifeTimes times;
    private final Told told;
    private final LifeNews news;
    private final CompletableFuture<Void> startingOver = new CompletableFuture<>();
    private final CompletableFuture<Void> endAsked = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /** Thread that does the closing; null until it runs. */
    private volatile @Nullable Thread closer;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile String reason = "the member did not start";
    private volatile Duration drain = Duration.ZERO;
    private volatile @Nullable RunningMember member;
    private volatile @Nullable ReplicaStatus lastKnown;
    private volatile boolean up;

    /** Who is told what becomes of a run; on the closing thread. */
    interface Told {
        /**
         * It has failed, and whoever waited has an answer.
         *
         * @param isClosed whether what it had open is closed; if not, a thread hangs
         */
        void failed(Throwable cause, boolean isClosed);

        /** All is closed. */
        void closed(ReplicaRun run);
    }

    ReplicaRun(ReplicaConfig config, AgentHost host, LifeTimes times, Told told, LifeNews news) {
        this.config = config;
        this.host = host;
        this.times = times;
        this.told = told;
        this.news = news;
    }

    /** Before anything is opened. */
    void begin() {
        host.start("raft-" + config.nodeId() + "-end", this::closeWhenAsked);
    }

    /** It is open, and about to start. */
    void opened(RunningMember opened) {
        member = opened;
    }

    /** Nothing is being opened any more: from now on it may be closed, whatever it has open. */
    void startingIsOver() {
        startingOver.complete(null);
    }

    /** Its start has succeeded. */
    void isUp() {
        up = true;
    }

    boolean wasUp() {
        return up;
    }

    @Nullable
    RunningMember member() {
        return member;
    }

    @Nullable
    Throwable failure() {
        return failure.get();
    }

    /** As it was last, once it is ending; null before, and if it was never open. */
    @Nullable
    ReplicaStatus lastKnown() {
        return lastKnown;
    }

    /**
     * Has it end because of a failure. Needs no memory: that may be what is wanting.
     *
     * @return false if it was about to end anyhow
     */
    boolean fail(Throwable cause) {
        if (isEndAsked() || !failure.compareAndSet(null, cause)) {
            return false;
        }
        endAsked.complete(null);
        return true;
    }

    /**
     * Has it end; returns at once.
     *
     * @param why told to those who still wait
     * @param forCommands how long those under way may take to end
     */
    void end(String why, Duration forCommands) {
        if (!isEndAsked()) {
            reason = why;
            drain = forCommands;
            endAsked.complete(null);
        }
    }

    boolean isEndAsked() {
        return endAsked.isDone();
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** Waits until all is closed; keeps an interrupt for later. */
    boolean awaitClosed(Duration patience) {
        return await(closed, patience);
    }

    private boolean await(CompletableFuture<Void> done, Duration patience) {
        var deadline = host.deadline(patience);
        return Uninterrupted.run(() -> host.awaitDone(done, deadline.left()));
    }

    /** Whether this is a thread that the closing waits for, or does it. */
    boolean own(Thread thread) {
        var open = member;
        return thread == closer || (open != null && !isClosed() && open.own(thread));
    }

    /** What it is that keeps this run from being closed, for people. */
    String hindrance() {
        var open = member;
        var threads = open == null ? Set.<Thread>of() : open.usersOfTheDirectory();
        if (threads.isEmpty()) {
            return startingOver.isDone() ? "it is still being closed" + at(closer) : "it is still being opened";
        }
        return threads.stream()
                .map(thread -> "the thread " + thread.getName() + " still runs" + at(thread))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** Where the thread is: the innermost calls that are not the platform's. */
    private static String at(@Nullable Thread thread) {
        if (thread == null) {
            return "";
        }
        var frames = Arrays.stream(thread.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("java.")
                        && !frame.getClassName().startsWith("jdk.")
                        && !frame.getClassName().startsWith("sun.")
                        && !frame.getClassName().contains("$$"))
                .limit(FRAMES_SHOWN)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName() + " line " + frame.getLineNumber())
                .collect(Collectors.joining(", called by "));
        return frames.isEmpty() ? "" : ", in " + frames;
    }

    private void closeWhenAsked() {
        closer = Thread.currentThread();
        boolean unused = await(endAsked, FOREVER);
        var cause = failure.get();
        if (cause != null) {
            step("telling why it ends", () -> tellCause(cause));
            String why = LifeNews.text(cause);
            reason = cause instanceof MemberRemovedException ? why : "the member failed: " + why;
        }
        unused = await(startingOver, FOREVER);
        var open = member;
        if (open != null) {
            close(open, cause);
        }
        closed.complete(null);
        member = null;
        step("telling that it is closed", () -> told.closed(this));
    }

    /** Who was removed has not failed: somebody wanted that. Nor has who begins once more, to join. */
    private void tellCause(Throwable cause) {
        if (cause instanceof MemberRemovedException || cause instanceof BegunWithoutException) {
            news.leaves(cause);
        } else {
            news.fails(cause);
        }
    }

    private void close(RunningMember open, @Nullable Throwable cause) {
        step("waiting for commands", () -> open.drain(drain));
        step("leaving the group", open::leave);
        boolean stagesEnded = Uninterrupted.run(() -> open.awaitStages(times.grace()));
        step("answering who waits", () -> lastKnown = open.answerAll(reason, stagesEnded));
        if (awaitFree(open)) {
            step("closing the directory", open::close);
            tellFailed(cause, true);
        } else {
            tellHindrance();
            tellFailed(cause, false);
            while (!Uninterrupted.run(() -> open.awaitUsersOfTheDirectory(times.patience()))) {
                log.debug("node {}: {}", config.nodeId(), hindrance());
            }
            step("closing the directory", open::close);
            log.info("node {} is closed: what kept its directory in use has ended", config.nodeId());
        }
    }

    private boolean awaitFree(RunningMember open) {
        boolean free = Uninterrupted.run(() -> open.awaitUsersOfTheDirectory(times.grace()));
        if (!free) {
            open.interruptSnapshot();
            free = Uninterrupted.run(() -> open.awaitUsersOfTheDirectory(times.grace()));
        }
        if (!Uninterrupted.run(() -> open.awaitReaders(times.grace()))) {
            log.warn("node {}: a query that was under way has not ended, and is left to itself", config.nodeId());
        }
        return free;
    }

    private void tellHindrance() {
        step(
                "telling what hangs",
                () -> log.error(
                        "node {} can't be closed yet: {}. Its directory {} stays locked until that has ended, and no"
                                + " longer",
                        config.nodeId(),
                        hindrance(),
                        config.dataDir()));
    }

    private void tellFailed(@Nullable Throwable cause, boolean isClosed) {
        if (cause != null) {
            step("telling listeners", () -> told.failed(cause, isClosed));
        }
    }

    /** What fails must not keep the rest from being closed. */
    private void step(String what, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            logFailed(what, e);
        }
    }

    private void logFailed(String what, Throwable e) {
        try {
            log.error("node {} is closed, but {} failed", config.nodeId(), what, e);
        } catch (Throwable none) {
            // Without memory for a line the closing goes on all the same.
        }
    }
}
