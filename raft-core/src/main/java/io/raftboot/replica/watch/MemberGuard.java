package io.raftboot.replica.watch;

import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Completions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks after a member beside its stages: who keeps the deadlines of calls, who watches whether each stage comes on, and who
 * completes futures for those that must not be held up.
 */
public final class MemberGuard implements TimedCalls {
    public static final String RAFT_STAGE = "raft stage";
    public static final String LOG_STAGE = "log stage";
    public static final String APPLY_STAGE = "apply stage";

    private final StageWatch watch;
    private final Completions completions;
    private final DeadlineKeeper keeper;
    private final long limitNanos;
    private Runnable alsoEachRound = () -> {};

    /**
     * @param prefix of the names of its threads
     * @param round time between two looks at the deadlines
     * @param electionTimeout for so long may one piece of a stage's work take
     * @param onFailure told what a look at the deadlines threw; the next follows all the same
     */
    public MemberGuard(
            AgentHost host, String prefix, Duration round, Duration electionTimeout, Consumer<Throwable> onFailure) {
        this.completions = new Completions(host, prefix + "-late");
        this.watch = new StageWatch(host.clock(), completions);
        this.keeper = new DeadlineKeeper(
                host, prefix + "-deadlines", round, watch, completions, () -> alsoEachRound.run(), onFailure);
        this.limitNanos = electionTimeout.toNanos();
    }

    /**
     * Has the snapshot writer watched.
     *
     * @param limit a snapshot may be large, so only what takes very long is worth a word
     */
    public Executor snapshotWriter(Executor executor, AgentActivity activity, Duration limit, Supplier<String> what) {
        watch.watch("snapshot writer", activity, limit.toNanos(), what);
        return activity.watching(executor);
    }

    public Executor logFetcher(Executor executor) {
        return watching(
                "log fetcher", "the log fetcher has been reading entries back from the disk", limitNanos, executor);
    }

    public Executor spaceWatch(Executor executor) {
        return watching("space watch", "the space watch has been asking the disk for its room", limitNanos, executor);
    }

    /**
     * Before {@link #start}.
     *
     * @param stages by the name under which each is watched, with what it is at, a sentence that ends before "for so long"
     * @param eachRound done by the keeper of deadlines as well; must not block
     */
    public void watch(List<WatchedStage> stages, Runnable eachRound) {
        stages.forEach(stage -> watch.watch(stage.name(), stage.agent().activity(), limitNanos, stage.presentWork()));
        alsoEachRound = eachRound;
    }

    public StageWatch watch() {
        return watch;
    }

    /** Runs what may block, on a thread that nothing waits for. */
    public Completions completions() {
        return completions;
    }

    /**
     * What a caller gets for a call that a stage may end.
     *
     * @param own outcomes that the stage gives to the caller itself; with any other the future is completed elsewhere
     */
    public <T> CompletableFuture<T> handOn(CompletableFuture<T> call, Class<? extends T> own) {
        return completions.handOn(call, own);
    }

    /** The stages have ended, so nothing that is attached to a call can hold them up. */
    public void handOnNothing() {
        completions.handOnNothing();
    }

    /** Any thread: a call that may not outlast its deadline for long. */
    @Override
    public void add(TimedCall call) {
        keeper.add(call);
    }

    public void start() {
        keeper.start();
    }

    /** On the ticker. */
    public void tick() {
        watch.report();
    }

    /** When the stages have ended, or are not waited for any longer: whoever still waits is told why nobody answers. */
    public void end(String why) {
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
