package io.raftboot.replica.watch;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Completions;
import io.raftboot.agent.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Ends calls whose time is up and whose owner has not ended them, because the stage it is has to wait for a disk, a state
 * machine or somebody's listener. On a thread of its own that waits for nothing, takes no lock that others hold for
 * long, logs nothing and runs nobody's code: futures are completed by {@link Completions}.
 *
 * <p>Calls come in through a queue and are looked at once a round; those that have ended by then, nearly all, are dropped at
 * once, so what is kept is what has been waiting for a round.
 */
public final class DeadlineKeeper {
    /** Rounds for which the owner of a call may be late: it sweeps once a tick, and is somewhat behind under load. */
    static final int GRACE_ROUNDS = 2;

    private final Clock clock;
    private final Duration round;
    private final StageWatch watch;
    private final Completions completions;
    private final Runnable alsoEachRound;
    private final Timer timer;
    private final Queue<TimedCall> arrived = new ConcurrentLinkedQueue<>();

    /** Owned by the keeper's thread. */
    private List<TimedCall> waiting = new ArrayList<>();

    /**
     * @param round how long to wait between two looks
     * @param alsoEachRound must not block
     * @param onFailure told, on the keeper's thread, what a look threw; the next follows all the same
     */
    public DeadlineKeeper(
            AgentHost host,
            String name,
            Duration round,
            StageWatch watch,
            Completions completions,
            Runnable alsoEachRound,
            Consumer<Throwable> onFailure) {
        this.clock = host.clock();
        this.round = round;
        this.watch = watch;
        this.completions = completions;
        this.alsoEachRound = alsoEachRound;
        this.timer = host.timer(name, onFailure);
    }

    /** Any thread: a call that may not outlast its deadline for long. */
    public void add(TimedCall call) {
        arrived.add(call);
    }

    public void start() {
        timer.every(round, this::round);
    }

    /** Any thread. What is added from now on is the caller's own concern. */
    public void stop() {
        timer.stop();
    }

    /** Behind {@link #stop}, when nothing of the member runs any more: what nobody has answered gets its answer. */
    public void end(String why) {
        try {
            // A round waits for nothing, so this does not take long.
            var unused = timer.awaitEnd(TimedCall.LONGEST);
        } catch (InterruptedException e) {
            // It ends by itself, and the calls with it.
            Thread.currentThread().interrupt();
            return;
        }
        takeArrived();
        waiting.stream().filter(call -> !call.isDone()).forEach(call -> completions.execute(() -> call.stopped(why)));
        waiting.clear();
    }

    /** One look at everything; for the keeper's thread, and for tests. */
    void round() {
        long now = clock.nanoTime();
        watch.sample(now);
        takeArrived();
        var still = new ArrayList<TimedCall>();
        for (var call : waiting) {
            if (call.isDone()) {
                continue;
            }
            if (now - call.deadlineNanos() >= GRACE_ROUNDS * round.toNanos()) {
                var hint = watch.explanation();
                completions.execute(() -> call.giveUp(hint));
            } else {
                still.add(call);
            }
        }
        waiting = still;
        completions.look();
        alsoEachRound.run();
    }

    private void takeArrived() {
        for (var call = arrived.poll(); call != null; call = arrived.poll()) {
            if (!call.isDone()) {
                waiting.add(call);
            }
        }
    }
}
