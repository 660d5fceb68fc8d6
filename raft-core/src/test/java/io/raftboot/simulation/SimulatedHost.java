package io.raftboot.simulation;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Deadline;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.agent.Timer;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A process of a {@link Simulation}: steps the agents of a member, does its tasks and rings its timers, each as an event of its own
 * and on the thread that runs the simulation. Its clock goes at its {@link Pace}.
 *
 * <p>What it promises: everything is done in an order that threads could have done it in, and the same order for the same seed. An
 * agent is stepped when it was woken, and again as long as it had work; a worker begins its tasks in their order, as far as it has
 * threads for them; a timer rings in the order of the times that were asked for. A step takes no time, unless what it does
 * {@linkplain #sleep takes some} or {@linkplain #await waits}: it holds up its own agents, worker or timer then, and nobody else. The
 * process can {@linkplain #pause stand still} and {@linkplain #crash die} between two events and in the midst of a step.
 */
public final class SimulatedHost implements AgentHost {
    private static final long FIRST_WALL_MILLIS = 1_700_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Duration LONGEST_ACTION = Duration.ofHours(1);

    private final Simulation simulation;
    private final String name;
    private final Pace pace;
    private final RandomGenerator turns;
    private final SplittableRandom strong;
    private final SplittableRandom seeds;
    private final Clock clock = new HostClock();
    private final List<Runnable> whenDead = new ArrayList<>();
    private boolean crashed;
    private long pausedUntilNanos;
    private long jumpedNanos;
    private long wallJumpedMillis;

    SimulatedHost(Simulation simulation, String name, Pace pace) {
        this.simulation = simulation;
        this.name = name;
        this.pace = pace;
        this.turns = simulation.random();
        this.strong = new SplittableRandom(simulation.random().nextLong());
        this.seeds = new SplittableRandom(simulation.random().nextLong());
    }

    /**
     * Nothing more of it happens. What it owned is dropped without any end; what waits in the midst of a step ends there, by a {@link
     * ProcessDeath}. Called for what it does itself, that goes on with no effect until it next asks for something.
     */
    public void crash() {
        if (crashed) {
            return;
        }
        crashed = true;
        simulation.note(name, "crashes");
        for (var thread : control().waiting()) {
            if (thread.host() == this) {
                simulation.events().after(0, thread::endWait);
            }
        }
        whenDead.forEach(Runnable::run);
    }

    /** Whether it is dead: what it answers from now on, nobody has heard. */
    public boolean isCrashed() {
        return crashed;
    }

    /** Does something for whoever outlives the process, once that dies. */
    public void whenDead(Runnable action) {
        whenDead.add(action);
    }

    /** Ends what asks, if the process is dead. */
    void checkAlive() {
        if (crashed) {
            throw new ProcessDeath(name);
        }
    }

    /** Stands still for this true time. What is due meanwhile is done at once afterwards, in its order. */
    public void pause(long nanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, simulation.events().nowNanos() + nanos);
        simulation.note(name, "stands still for " + nanos);
    }

    /** Its clock counts this time at once, as that of a machine that was asleep may; what waits for a time goes on waiting. */
    public void jump(Duration time) {
        jumpedNanos += time.toNanos();
        simulation.note(name, "clock jumps by " + time);
    }

    /** Somebody sets its wall clock, forward or back. */
    public void jumpWall(Duration time) {
        wallJumpedMillis += time.toMillis();
        simulation.note(name, "wall clock jumps by " + time);
    }

    public boolean isPaused() {
        return simulation.events().nowNanos() < pausedUntilNanos;
    }

    /** Stands still now, in the midst of the step that calls, which goes on afterwards. */
    public void standStill(long nanos) {
        pause(nanos);
        sleep(0);
    }

    /**
     * Takes so long, of true time, in the midst of the step that calls. What else the process does goes on meanwhile. An interrupt
     * does not end it.
     */
    public void sleep(long nanos) {
        checkAlive();
        control().waiter().sleep(this, nanos);
    }

    /** As {@link #sleep}, and no longer than until something is over. */
    void stand(CompletableFuture<Void> over, long nanos) {
        checkAlive();
        if (!over.isDone()) {
            control().waiter().stand(this, over, nanos);
        }
    }

    /**
     * Waits for a future in the midst of the step that calls, as {@link CompletableFuture#get(long, java.util.concurrent.TimeUnit)}
     * does, by the clock of this process.
     *
     * @throws IllegalStateException if what calls does not happen as an event: whoever runs the simulation would wait for itself
     */
    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        checkAlive();
        return future.isDone() ? future.get() : control().waiter().await(this, future, patience);
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
        run(action);
    }

    /**
     * Does something as a part of this process, that may wait in the midst, and returns when it is done or the process dead. From
     * within what happens or from outside, which lets other things happen meanwhile.
     */
    public void perform(String what, Runnable action) {
        if (control().current() != null) {
            run(action);
            return;
        }
        var done = new CompletableFuture<Void>();
        after(0, what, () -> {
            action.run();
            done.complete(null);
        });
        if (!simulation.events().runUntil(() -> done.isDone() || crashed, LONGEST_ACTION)) {
            throw new IllegalStateException(name + " did not come to an end within " + LONGEST_ACTION + ": " + what);
        }
    }

    /**
     * Takes the time that was not taken before, because what called could not be held up there. Whoever does a piece of work calls it
     * at the end of that, still a part of it.
     */
    void takeTimeOwed() {
        var thread = control().current();
        if (thread != null) {
            thread.takeTimeOwed();
        }
    }

    /** Whether the calling thread does something for this process just now. */
    boolean isAtWork() {
        var thread = control().current();
        return thread != null && thread.host() == this;
    }

    /** Takes time for the disk, now or, where others would have to wait for real, later. */
    void takeDiskTime(Runnable waiting) {
        checkAlive();
        control().waiter().takeDiskTime(waiting);
    }

    /** Does something as a part of this process, which may die at it. */
    public void run(Runnable action) {
        var thread = control().current();
        try {
            if (thread == null) {
                action.run();
            } else {
                thread.runFor(this, () -> {
                    action.run();
                    thread.takeTimeOwed();
                });
            }
        } catch (ProcessDeath death) {
            if (!crashed) {
                throw death;
            }
        } finally {
            if (thread != null) {
                thread.owesNothing();
            }
        }
    }

    private Control control() {
        return simulation.events().control();
    }

    /** What is told to somebody as long as there is a process that could tell it. */
    private ThreadGuard guard(Consumer<Throwable> onFailure) {
        return new ThreadGuard(failure -> {
            if (!crashed) {
                onFailure.accept(failure);
            }
        });
    }

    String name() {
        return name;
    }

    Pace pace() {
        return pace;
    }

    public Simulation simulation() {
        return simulation;
    }

    /** As long as this process counts it. */
    public long trueNanos(Duration time) {
        return (long) Math.ceil(time.toNanos() / pace.rate());
    }

    /** Whether it ends in time. */
    boolean awaitEnd(CompletableFuture<Void> end, Duration patience) throws InterruptedException {
        try {
            await(end, patience);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until something that was woken has its turn. */
    public long turnNanos() {
        return pace.turnNanos() == 0 ? 0 : turns.nextLong(1, pace.turnNanos() + 1);
    }

    public long lateNanos() {
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
        return new SimulatedCarrier(this, carrier, agents, guard(onFailure));
    }

    @Override
    public Worker worker(String worker, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        return new SimulatedWorker(this, worker, threads, maxWaiting, guard(onFailure));
    }

    @Override
    public Timer timer(String timer, Consumer<Throwable> onFailure) {
        return new SimulatedTimer(this, timer, guard(onFailure));
    }

    @Override
    public void start(String task, Runnable work) {
        // The log's thread may wait for such a task, and not in simulated time: it takes the disk's time behind its
        // work.
        after(turnNanos(), task, () -> {
            control().waiter().takesDiskTimeLater();
            work.run();
            takeTimeOwed();
        });
    }

    @Override
    public Deadline deadline(Duration patience) {
        return Deadline.after(patience, clock::nanoTime);
    }

    @Override
    public ThreadFactory threads(String threads) {
        throw new UnsupportedOperationException("a simulated process has no threads; asked for " + threads);
    }

    private final class HostClock implements Clock {
        @Override
        public long nanoTime() {
            return pace.offsetNanos()
                    + jumpedNanos
                    + (long) (simulation.events().nowNanos() * pace.rate());
        }

        @Override
        public long wallMillis() {
            return FIRST_WALL_MILLIS + wallJumpedMillis + nanoTime() / NANOS_PER_MILLI;
        }
    }
}
