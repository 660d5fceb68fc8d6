package io.raftboot.agent;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Threads, time and random numbers of a process: all that a member is given from outside of it and that another run would give
 * otherwise. A {@link ThreadedHost} takes them from the machine; a test gives its own, and has the same agents step by step, in
 * one thread and from one seed. Any thread.
 */
public interface AgentHost {
    Clock clock();

    /** The generator for what must not be guessed or repeated: ids of runs and of snapshots, challenges. Any thread. */
    RandomGenerator strongRandom();

    /** A new generator for what only has to differ from the others': pauses, election time-outs. Used by one thread at a time. */
    RandomGenerator random();

    /**
     * Agents that are to be stepped, not before {@link Carrier#start}.
     *
     * @param onFailure told, on the carrier's thread and as its last act, what an agent threw; must not throw itself
     */
    Carrier carry(String name, List<Agent> agents, Consumer<Throwable> onFailure);

    /**
     * As {@link #carry}, with a thread for each agent, so that none holds up another, of which each may step any of them: who has made
     * work for another one goes on with that itself where nobody is at it. For agents that run nobody else's code.
     *
     * @param names one for each agent, in their order; the most urgent one comes first
     */
    default List<Carrier> carryTogether(List<String> names, List<Agent> agents, Consumer<Throwable> onFailure) {
        return IntStream.range(0, agents.size())
                .mapToObj(at -> carry(names.get(at), agents.subList(at, at + 1), onFailure))
                .toList();
    }

    /**
     * Threads for one kind of work; there are none while there is nothing to do.
     *
     * @param threads at most, at once
     * @param maxWaiting tasks beside those that run; more are rejected
     * @param onFailure told, on the worker's thread, what a task threw
     */
    Worker worker(String name, int threads, int maxWaiting, Consumer<Throwable> onFailure);

    /**
     * A clock that rings.
     *
     * @param onFailure told, on the timer's thread, what a task threw
     */
    Timer timer(String name, Consumer<Throwable> onFailure);

    /**
     * Runs a task that may block beside everything else, and ends by itself. It must not throw.
     *
     * @throws OutOfMemoryError if no thread is to be had, which may pass
     */
    void start(String name, Runnable task);

    /**
     * Blocks the calling task until the future is done: one of {@link #start}, of a worker, or of who starts and stops a member. The
     * one way in which what has to wait for something else waits, where a host without threads is to carry it.
     *
     * @throws TimeoutException if it is not done within this time
     * @throws ExecutionException if it failed, with its cause
     * @throws InterruptedException if the caller is interrupted
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException;

    /** As {@link #await}, and returns whether the future is done, whatever became of it. */
    default boolean awaitDone(CompletableFuture<?> future, Duration timeout) throws InterruptedException {
        try {
            var unused = await(future, timeout);
            return true;
        } catch (ExecutionException | CancellationException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** The end of an {@link #await} that begins now, and of those that share its time. */
    default Deadline deadline(Duration patience) {
        return Deadline.after(patience);
    }

    /**
     * Threads for what brings its own order of work: the loops of a network library. They are daemons, and numbered from the second
     * on.
     *
     * @throws UnsupportedOperationException if this host has no threads
     */
    ThreadFactory threads(String name);
}
