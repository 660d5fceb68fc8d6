package io.raftboot.simulation;

import io.raftboot.agent.ThreadGuard;
import io.raftboot.agent.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;

/** Rings by the clock of its host, each time for what is due first, whatever the chance of being late does to the rings. */
final class SimulatedTimer implements Timer {
    /** Time from one missed run to the next, where they come in a bunch: enough for the agents to have their turns between. */
    private static final long BETWEEN_MISSED_NANOS = 200_000;

    private record Due(long atNanos, long number, Runnable task) {}

    private final SimulatedHost host;
    private final String name;
    private final ThreadGuard guard;
    private final PriorityQueue<Due> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::number));
    private final Busy busy;
    private long count;

    /** Rings that came while a task waited in the midst of its run: they come one after the other behind it. */
    private int ringsMissed;

    private boolean stopped;

    SimulatedTimer(SimulatedHost host, String name, ThreadGuard guard) {
        this.host = host;
        this.name = name;
        this.guard = guard;
        this.busy = new Busy(host);
    }

    @Override
    public void every(Duration pause, Runnable task) {
        again(nowNanos(), host.trueNanos(pause), guard.guarded(task));
    }

    private void again(long lastNanos, long pauseNanos, Runnable task) {
        long due = lastNanos + pauseNanos + host.lateNanos();
        long earliest = host.pace().bunched() ? nowNanos() + BETWEEN_MISSED_NANOS : due;
        put(Math.max(due, earliest), () -> {
            task.run();
            again(host.pace().bunched() ? due : nowNanos(), pauseNanos, task);
        });
    }

    @Override
    public void after(Duration delay, Runnable task) {
        put(nowNanos() + host.trueNanos(delay) + host.lateNanos(), guard.guarded(task));
    }

    private void put(long atNanos, Runnable task) {
        if (!stopped) {
            waiting.add(new Due(atNanos, count++, task));
            host.after(atNanos - nowNanos(), name, this::ring);
        }
    }

    private void ring() {
        if (stopped) {
            return;
        }
        if (busy.count() > 0) {
            ringsMissed++;
            return;
        }
        busy.begin();
        waiting.remove().task.run();
        host.takeTimeOwed();
        host.checkAlive();
        busy.end();
        if (ringsMissed > 0) {
            ringsMissed--;
            host.after(0, name, this::ring);
        }
    }

    private long nowNanos() {
        return host.simulation().events().nowNanos();
    }

    @Override
    public void stop() {
        stopped = true;
        busy.interrupt();
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return busy.awaitFree(patience);
    }

    @Override
    public Set<Thread> threads() {
        return Set.of();
    }
}
