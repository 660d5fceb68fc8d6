package io.raftboot.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A host without threads: what it is given lies there until the test has it done, by the test's own thread and in the order of its
 * making. Its timers ring when the test says so, by the clock that the test moves; all its random numbers come from one seed.
 */
public final class SteppedHost implements AgentHost {
    private static final int MAX_ROUNDS = 10_000;

    private final Clock clock;
    private final SplittableRandom random;
    private final List<SteppedCarrier> carriers = new ArrayList<>();
    private final List<SteppedWorker> workers = new ArrayList<>();
    private final List<SteppedTimer> timers = new ArrayList<>();
    private final Queue<Runnable> started = new ArrayDeque<>();
    private boolean refusesThreads;

    public SteppedHost(Clock clock, long seed) {
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    /** Each agent and each worker has one turn, and what was started by itself runs; returns how much was done. */
    public int step() {
        int work = 0;
        for (var carrier : List.copyOf(carriers)) {
            work += carrier.step();
        }
        for (var worker : List.copyOf(workers)) {
            work += worker.step();
        }
        for (var task = started.poll(); task != null; task = started.poll()) {
            task.run();
            work++;
        }
        return work;
    }

    /** Steps until nothing is left to do. */
    public void settle() {
        for (int rounds = 0; step() > 0; rounds++) {
            if (rounds == MAX_ROUNDS) {
                throw new AssertionError("there is more to do after " + MAX_ROUNDS + " rounds");
            }
        }
    }

    /** Whether the machine allows no more threads to be started. */
    public void refuseThreads(boolean refuses) {
        refusesThreads = refuses;
    }

    /** Each timer runs what is due by now. */
    public void ring() {
        List.copyOf(timers).forEach(SteppedTimer::ring);
    }

    /** The carrier of this name, the newest if there are several. */
    public SteppedCarrier carrier(String name) {
        return carriers.stream()
                .filter(carrier -> carrier.name.equals(name))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** The worker of this name, the newest if there are several. */
    public SteppedWorker worker(String name) {
        return workers.stream()
                .filter(worker -> worker.name.equals(name))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** The carriers, in the order of their making. */
    public List<SteppedCarrier> carriers() {
        return List.copyOf(carriers);
    }

    /** The timers, in the order of their making. */
    public List<SteppedTimer> timers() {
        return List.copyOf(timers);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public RandomGenerator strongRandom() {
        return random;
    }

    @Override
    public RandomGenerator random() {
        return random.split();
    }

    @Override
    public Carrier carry(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        var carrier = new SteppedCarrier(name, List.copyOf(agents), onFailure);
        carriers.add(carrier);
        return carrier;
    }

    @Override
    public Worker worker(String name, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        var worker = new SteppedWorker(name, maxWaiting, onFailure);
        workers.add(worker);
        return worker;
    }

    @Override
    public Timer timer(String name, Consumer<Throwable> onFailure) {
        var timer = new SteppedTimer(onFailure);
        timers.add(timer);
        return timer;
    }

    @Override
    public void start(String name, Runnable task) {
        if (refusesThreads) {
            throw new OutOfMemoryError("injected: unable to create native thread");
        }
        started.add(task);
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        settle();
        return future.get(0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ThreadFactory threads(String name) {
        throw new UnsupportedOperationException("a stepped host has no threads, and was asked for " + name);
    }

    /** What an agent throws ends its carrier, as it would end a thread. */
    public static final class SteppedCarrier implements Carrier {
        private final String name;
        private final List<Agent> agents;
        private final Consumer<Throwable> onFailure;
        private boolean begun;
        private boolean stopped;
        private boolean held;

        SteppedCarrier(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
            this.name = name;
            this.agents = agents;
            this.onFailure = onFailure;
            agents.forEach(agent -> agent.wakeWith(() -> {}));
        }

        public boolean isStopped() {
            return stopped;
        }

        /** From now on it is as one that hangs in a piece of work, and does not end. */
        public void hold() {
            held = true;
        }

        /** It comes on again. */
        public void letGo() {
            held = false;
        }

        int step() {
            int work = 0;
            try {
                for (Agent agent : agents) {
                    if (begun && !stopped && !held) {
                        agent.activity().begin();
                        work += agent.doWork();
                        agent.activity().end();
                    }
                }
            } catch (Throwable failure) {
                stopped = true;
                onFailure.accept(failure);
            }
            return work;
        }

        @Override
        public void start() {
            begun = true;
        }

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public boolean awaitEnd(Duration patience) {
            return stopped && !held;
        }

        @Override
        public Set<Thread> threads() {
            return Set.of();
        }
    }

    /** What waits when it stops is done by whoever waits for its end. */
    public static final class SteppedWorker implements Worker {
        private final String name;
        private final int maxWaiting;
        private final Consumer<Throwable> onFailure;
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private boolean stopped;
        private boolean held;

        SteppedWorker(String name, int maxWaiting, Consumer<Throwable> onFailure) {
            this.name = name;
            this.maxWaiting = maxWaiting;
            this.onFailure = onFailure;
        }

        public int waitingCount() {
            return waiting.size();
        }

        public boolean isStopped() {
            return stopped;
        }

        /** From now on it is as one that hangs in a task, and does not end. */
        public void hold() {
            held = true;
        }

        /** It comes on again. */
        public void letGo() {
            held = false;
        }

        int step() {
            int work = 0;
            for (var task = held ? null : waiting.poll(); task != null; task = waiting.poll()) {
                try {
                    task.run();
                } catch (Throwable failure) {
                    onFailure.accept(failure);
                }
                work++;
            }
            return work;
        }

        @Override
        public void execute(Runnable task) {
            if (stopped || waiting.size() > maxWaiting) {
                throw new RejectedExecutionException(
                        stopped ? "the member is stopping" : "too much waits for " + name + " already");
            }
            waiting.add(task);
        }

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public boolean awaitEnd(Duration patience) {
            step();
            return stopped && waiting.isEmpty();
        }

        @Override
        public Set<Thread> threads() {
            return Set.of();
        }
    }

    /** What is not due when it stops is dropped. */
    public final class SteppedTimer implements Timer {
        private final Consumer<Throwable> onFailure;
        private final List<Alarm> alarms = new ArrayList<>();
        private boolean stopped;

        private record Alarm(long atNanos, Runnable task) {}

        SteppedTimer(Consumer<Throwable> onFailure) {
            this.onFailure = onFailure;
        }

        public boolean isStopped() {
            return stopped;
        }

        void ring() {
            long now = clock.nanoTime();
            var due = alarms.stream()
                    .filter(alarm -> now - alarm.atNanos() >= 0)
                    .sorted(Comparator.comparingLong(Alarm::atNanos))
                    .toList();
            alarms.removeAll(due);
            due.forEach(this::run);
        }

        private void run(Alarm alarm) {
            if (stopped) {
                return;
            }
            try {
                alarm.task().run();
            } catch (Throwable failure) {
                onFailure.accept(failure);
            }
        }

        @Override
        public void every(Duration pause, Runnable task) {
            after(pause, () -> {
                try {
                    task.run();
                } finally {
                    every(pause, task);
                }
            });
        }

        @Override
        public void after(Duration delay, Runnable task) {
            if (!stopped) {
                alarms.add(new Alarm(clock.nanoTime() + delay.toNanos(), task));
            }
        }

        @Override
        public void stop() {
            stopped = true;
            alarms.clear();
        }

        @Override
        public boolean awaitEnd(Duration patience) {
            return stopped;
        }

        @Override
        public Set<Thread> threads() {
            return Set.of();
        }
    }
}
