package io.raftboot.simulation;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.agent.Timer;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A process of a {@link Simulation}: steps the agents of a member, does its tasks and rings its timers, each as an event of its own
 * and on the thread that runs the simulation. Its clock goes at its {@link Pace}.
 *
 * <p>What it promises: everything is done in an order that threads could have done it in, and the same order for the same seed. An
 * agent is stepped when it was woken, and again as long as it had work; a worker begins its tasks in their order, as far as it has
 * threads for them; a timer rings in the order of the times that were asked for. It can {@linkplain #pause stand still} and
 * {@linkplain #crash die} between two events.
 *
 * <p>What it does not do yet: stand still or die in the middle of a step; a step takes no time, so what a slow one holds up is never
 * seen, and no watchdog has anything to watch.
 */
public final class SimulatedHost implements AgentHost {
    private static final long FIRST_WALL_MILLIS = 1_700_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Simulation simulation;
    private final String name;
    private final Pace pace;
    private final RandomGenerator turns;
    private final SplittableRandom strong;
    private final SplittableRandom seeds;
    private final Clock clock = new HostClock();
    private boolean crashed;
    private long pausedUntilNanos;

    SimulatedHost(Simulation simulation, String name, Pace pace) {
        this.simulation = simulation;
        this.name = name;
        this.pace = pace;
        this.turns = simulation.random();
        this.strong = new SplittableRandom(simulation.random().nextLong());
        this.seeds = new SplittableRandom(simulation.random().nextLong());
    }

    /** Nothing more of it happens. What it owned is dropped without any end. */
    public void crash() {
        crashed = true;
        simulation.note(name, "crashes");
    }

    /** Stands still for this true time. What is due meanwhile is done at once afterwards, in its order. */
    public void pause(long nanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, simulation.events().nowNanos() + nanos);
        simulation.note(name, "stands still for " + nanos);
    }

    public boolean isPaused() {
        return simulation.events().nowNanos() < pausedUntilNanos;
    }

    /**
     * Has something happen in this process.
     *
     * @param delayNanos of true time
     * @param what for the trace
     */
    public void after(long delayNanos, String what, Runnable action) {
        simulation.events().after(delayNanos, () -> run(what, action));
    }

    private void run(String what, Runnable action) {
        if (crashed) {
            return;
        }
        long waitNanos = pausedUntilNanos - simulation.events().nowNanos();
        if (waitNanos > 0) {
            after(waitNanos, what, action);
            return;
        }
        simulation.note(name, what);
        action.run();
    }

    Pace pace() {
        return pace;
    }

    Simulation simulation() {
        return simulation;
    }

    /** As long as this process counts it. */
    long trueNanos(Duration time) {
        return (long) Math.ceil(time.toNanos() / pace.rate());
    }

    /** Until something that was woken has its turn. */
    long turnNanos() {
        return pace.turnNanos() == 0 ? 0 : turns.nextLong(1, pace.turnNanos() + 1);
    }

    long lateNanos() {
        return pace.lateNanos() == 0 ? 0 : turns.nextLong(pace.lateNanos());
    }

    /** One of so many, all of which may come next. */
    int choose(int count) {
        return count == 1 ? 0 : turns.nextInt(count);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public RandomGenerator strongRandom() {
        return strong;
    }

    @Override
    public RandomGenerator random() {
        return seeds.split();
    }

    @Override
    public Carrier carry(String carrier, List<Agent> agents, Consumer<Throwable> onFailure) {
        return new SimulatedCarrier(this, carrier, agents, onFailure);
    }

    @Override
    public Worker worker(String worker, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        return new SimulatedWorker(this, worker, threads, maxWaiting, new ThreadGuard(onFailure));
    }

    @Override
    public Timer timer(String timer, Consumer<Throwable> onFailure) {
        return new SimulatedTimer(this, timer, new ThreadGuard(onFailure));
    }

    @Override
    public void start(String task, Runnable work) {
        after(turnNanos(), task, work);
    }

    @Override
    public ThreadFactory threads(String threads) {
        throw new UnsupportedOperationException("a simulated process has no threads; asked for " + threads);
    }

    private final class HostClock implements Clock {
        @Override
        public long nanoTime() {
            return pace.offsetNanos() + (long) (simulation.events().nowNanos() * pace.rate());
        }

        @Override
        public long wallMillis() {
            return FIRST_WALL_MILLIS + nanoTime() / NANOS_PER_MILLI;
        }
    }
}
