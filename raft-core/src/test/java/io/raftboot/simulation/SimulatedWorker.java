package io.raftboot.simulation;

import io.raftboot.agent.ThreadGuard;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/** Does its tasks one after the other; with several threads, any of those that could have been begun may end first. */
final class SimulatedWorker implements Worker {
    private final SimulatedHost host;
    private final String name;
    private final int threads;
    private final int maxWaiting;
    private final ThreadGuard guard;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean stopped;

    SimulatedWorker(SimulatedHost host, String name, int threads, int maxWaiting, ThreadGuard guard) {
        this.host = host;
        this.name = name;
        this.threads = threads;
        this.maxWaiting = maxWaiting;
        this.guard = guard;
    }

    @Override
    public void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException("the member is stopping");
        }
        if (waiting.size() - threads >= maxWaiting) {
            throw new RejectedExecutionException("too much waits for " + name + " already: " + waiting.size());
        }
        waiting.add(guard.guarded(task));
        host.after(host.turnNanos(), name, this::turn);
    }

    private void turn() {
        waiting.remove(host.choose(Math.min(threads, waiting.size()))).run();
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean awaitEnd(Duration patience) {
        return waiting.isEmpty();
    }

    @Override
    public Set<Thread> threads() {
        return Set.of();
    }
}
