package io.raftboot.simulation;

import io.raftboot.agent.ThreadGuard;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Does its tasks one after the other, and others beside one that waits in the midst, as far as it has threads; with several of them,
 * any of those that could have been begun may end first.
 */
final class SimulatedWorker implements Worker {
    private final SimulatedHost host;
    private final String name;
    private final int threads;
    private final int maxWaiting;
    private final ThreadGuard guard;
    private final List<Runnable> waiting = new ArrayList<>();
    private final Busy busy;
    private CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Turns that came while all threads were at something that waits. */
    private int turnsMissed;

    private boolean stopped;

    SimulatedWorker(SimulatedHost host, String name, int threads, int maxWaiting, ThreadGuard guard) {
        this.host = host;
        this.name = name;
        this.threads = threads;
        this.maxWaiting = maxWaiting;
        this.guard = guard;
        this.busy = new Busy(host);
    }

    @Override
    public void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException("the member is stopping");
        }
        if (waiting.size() + busy.count() - threads >= maxWaiting) {
            throw new RejectedExecutionException("too much waits for " + name + " already: " + waiting.size());
        }
        waiting.add(guard.guarded(task));
        host.after(host.turnNanos(), name, this::turn);
    }

    private void turn() {
        if (busy.count() == threads) {
            turnsMissed++;
            return;
        }
        var task = waiting.remove(host.choose(Math.min(threads - busy.count(), waiting.size())));
        busy.begin();
        task.run();
        host.takeTimeOwed();
        host.checkAlive();
        busy.end();
        if (turnsMissed > 0) {
            turnsMissed--;
            host.after(host.turnNanos(), name, this::turn);
        }
        if (waiting.isEmpty() && busy.count() == 0) {
            ended.complete(null);
            ended = new CompletableFuture<>();
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return (waiting.isEmpty() && busy.count() == 0) || host.awaitEnd(ended, patience);
    }

    @Override
    public Set<Thread> threads() {
        return Set.of();
    }
}
