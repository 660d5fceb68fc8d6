package io.raftboot.transport.memory;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Hosted;
import io.raftboot.agent.Timer;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A host whose timers and workers do their work one step at a time, on the thread that asks for it, from one seed. */
final class SeededHost implements AgentHost {
    private record Due(long nanos, long number, Runnable task) {}

    private final SplittableRandom source;
    private final PriorityQueue<Due> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::number));
    private long count;
    private long nowNanos;

    SeededHost(long seed) {
        source = new SplittableRandom(seed);
    }

    /** Does what is due until then, in its order. */
    void run(Duration time) {
        long end = nowNanos + time.toNanos();
        for (var next = waiting.peek(); next != null && next.nanos <= end; next = waiting.peek()) {
            waiting.remove();
            nowNanos = next.nanos;
            next.task.run();
        }
        nowNanos = end;
    }

    private void put(Duration delay, Runnable task) {
        waiting.add(new Due(nowNanos + delay.toNanos(), count++, task));
    }

    @Override
    public Clock clock() {
        return new Clock() {
            @Override
            public long nanoTime() {
                return nowNanos;
            }

            @Override
            public long wallMillis() {
                return nowNanos / 1_000_000;
            }
        };
    }

    @Override
    public RandomGenerator strongRandom() {
        return source;
    }

    @Override
    public RandomGenerator random() {
        return source.split();
    }

    @Override
    public Carrier carry(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        throw new UnsupportedOperationException("carries no agents");
    }

    @Override
    public Worker worker(String name, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        return new Stepped();
    }

    @Override
    public Timer timer(String name, Consumer<Throwable> onFailure) {
        return new Stepped();
    }

    @Override
    public void start(String name, Runnable task) {
        put(Duration.ZERO, task);
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        throw new UnsupportedOperationException("has nobody who could wait");
    }

    @Override
    public ThreadFactory threads(String name) {
        throw new UnsupportedOperationException("has no threads");
    }

    private final class Stepped implements Timer, Worker, Hosted {
        private boolean stopped;

        @Override
        public void every(Duration pause, Runnable task) {
            after(pause, () -> {
                task.run();
                every(pause, task);
            });
        }

        @Override
        public void after(Duration delay, Runnable task) {
            put(delay, () -> {
                if (!stopped) {
                    task.run();
                }
            });
        }

        @Override
        public void execute(Runnable task) {
            after(Duration.ZERO, task);
        }

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public boolean awaitEnd(Duration patience) {
            return true;
        }

        @Override
        public Set<Thread> threads() {
            return Set.of();
        }
    }
}
