package io.raftboot.agent;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs agents on threads of the process, which are daemons. */
public final class ThreadedHost implements AgentHost {
    /** The machine's own clock. */
    public static final AgentHost SYSTEM = new ThreadedHost(Clock.SYSTEM);

    private final SecureRandom strong = new SecureRandom();
    private final Clock clock;
    private final LongSupplier seeds;

    /** @param clock told to the agents; the machine's own decides when threads wake up */
    public ThreadedHost(Clock clock) {
        this.clock = clock;
        this.seeds = strong::nextLong;
    }

    private ThreadedHost(Clock clock, SplittableRandom source) {
        this.clock = clock;
        this.seeds = () -> {
            synchronized (source) {
                return source.nextLong();
            }
        };
    }

    /** The machine's threads and clock, with generators that come from one seed; the strong source is the machine's too. */
    public static AgentHost seeded(long seed) {
        return new ThreadedHost(Clock.SYSTEM, new SplittableRandom(seed));
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
        return new SplittableRandom(seeds.getAsLong());
    }

    @Override
    public Carrier carry(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        return new AgentThread(name, agents, new ThreadGuard(onFailure)::tell);
    }

    @Override
    public List<Carrier> carryTogether(List<String> names, List<Agent> agents, Consumer<Throwable> onFailure) {
        return List.of(new AgentCrew(names, agents, new ThreadGuard(onFailure)::tell));
    }

    @Override
    public Worker worker(String name, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        return new ThreadPool(name, threads, maxWaiting, new ThreadGuard(onFailure));
    }

    @Override
    public Timer timer(String name, Consumer<Throwable> onFailure) {
        return new TimerThread(name, new ThreadGuard(onFailure));
    }

    @Override
    public void start(String name, Runnable task) {
        new NamedThreads(name).newThread(task).start();
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public ThreadFactory threads(String name) {
        return new NamedThreads(name);
    }
}
