package io.raftboot.replica;

import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Completions;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.snapshot.SnapshotWork;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.ApplyWatchdog;
import io.raftboot.replica.stage.LogStage;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.replica.watch.DeadlineKeeper;
import io.raftboot.replica.watch.StageWatch;
import io.raftboot.replica.watch.TimedCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Looks after a member beside its stages: who keeps the deadlines of calls, who watches whether each stage comes on, and who
 * completes futures for those that must not be held up.
 */
final class Guard {
    static final String RAFT_STAGE = "raft stage";
    static final String LOG_STAGE = "log stage";

    private final StageWatch watch;
    private final Completions completions;
    private final DeadlineKeeper keeper;
    private final long limitNanos;
    private Runnable alsoEachRound = () -> {};

    /**
     * @param electionTimeout for so long may one piece of a stage's work take
     * @param onFailure       told if the deadlines can't be kept any more
     */
    Guard(ReplicaConfig config, AgentHost host, Duration electionTimeout, Consumer<Throwable> onFailure) {
        var prefix = "raft-" + config.nodeId();
        this.completions = new Completions(host, prefix + "-late");
        this.watch = new StageWatch(host.clock(), completions);
        this.keeper = new DeadlineKeeper(
                host,
                prefix + "-deadlines",
                config.tickInterval(),
                watch,
                completions,
                () -> alsoEachRound.run(),
                onFailure);
        this.limitNanos = electionTimeout.toNanos();
    }

    /** @param work of the executor's thread; a snapshot may be large, so only what takes very long is worth a word */
    Executor snapshotWriter(Executor executor, SnapshotWork work) {
        watch.watch("snapshot writer", work.activity(), SnapshotWork.LIMIT_NANOS, work::describe);
        return work.activity().watching(executor);
    }

    Executor logFetcher(Executor executor) {
        return watching(
                "log fetcher", "the log fetcher has been reading entries back from the disk", limitNanos, executor);
    }

    Executor spaceWatch(Executor executor) {
        return watching("space watch", "the space watch has been asking the disk for its room", limitNanos, executor);
    }

    /**
     * Before {@link #start}.
     *
     * @param eachRound done by the keeper of deadlines as well; must not block
     */
    void watch(RaftStage raft, LogStage log, ApplyStage apply, Runnable eachRound) {
        watch.watch(RAFT_STAGE, raft.activity(), limitNanos, () -> "the raft stage has been at one piece of its work");
        watch.watch(
                LOG_STAGE, log.activity(), limitNanos, () -> "the log stage has been waiting for the disk to write");
        watch.watch(ApplyWatchdog.STAGE, apply.activity(), limitNanos, apply::presentWork);
        alsoEachRound = eachRound;
    }

    StageWatch watch() {
        return watch;
    }

    /** Runs what may block, on a thread that nothing waits for. */
    Completions completions() {
        return completions;
    }

    /**
     * What a caller gets for a call that a stage may end.
     *
     * @param own outcomes that the stage gives to the caller itself; with any other the future is completed elsewhere
     */
    <T> CompletableFuture<T> handOn(CompletableFuture<T> call, Class<? extends T> own) {
        return completions.handOn(call, own);
    }

    /** The stages have ended, so nothing that is attached to a call can hold them up. */
    void handOnNothing() {
        completions.handOnNothing();
    }

    /** Any thread: a call that may not outlast its deadline for long. */
    void add(TimedCall call) {
        keeper.add(call);
    }

    void start() {
        keeper.start();
    }

    /** On the ticker. */
    void tick() {
        watch.report();
    }

    /** When the stages have ended, or are not waited for any longer: whoever still waits is told why nobody answers. */
    void end(String why) {
        keeper.stop();
        keeper.end(why);
        completions.finish();
    }

    private Executor watching(String name, String what, long limit, Executor executor) {
        var activity = new AgentActivity();
        watch.watch(name, activity, limit, () -> what);
        return activity.watching(executor);
    }
}
