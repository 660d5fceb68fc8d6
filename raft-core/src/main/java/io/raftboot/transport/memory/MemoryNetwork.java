package io.raftboot.transport.memory;

import io.raftboot.transport.Disconnect;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network inside one JVM: transports that are joined by queues instead of sockets, with controls to break it. One
 * thread delivers everything (but snapshot files, which have one of their own), so listeners see calls one after the other. Messages and requests from one
 * member to another keep their order.
 *
 * <p>All methods may be called from any thread. Random decisions come from the seed given; how threads interleave does not.
 */
public final class MemoryNetwork implements AutoCloseable {
    private static final long RETRY_MILLIS = 50;
    private static final long CLOSE_TIMEOUT_SECONDS = 10;

    private record Link(long from, long to) {}

    private static final Logger log = LoggerFactory.getLogger(MemoryNetwork.class);

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor delivery = executor("memory-network");
    private final ScheduledThreadPoolExecutor files = executor("memory-network-files");
    private final Map<Long, MemoryTransport> members = new ConcurrentHashMap<>();

    // Guarded by this, as everything below.
    private final Random random;
    private final Set<Link> cut = new HashSet<>();
    private final Set<Long> stopped = new HashSet<>();
    private final Map<Link, Deque<Runnable>> delayed = new HashMap<>();
    private double dropProbability;
    private long minDelayNanos;
    private long maxDelayNanos;

    /** @param seed of what is dropped and how long the rest is delayed; print it where a test fails */
    public MemoryNetwork(long seed) {
        random = new Random(seed);
        // Who was refused tries again, as over sockets.
        Future<?> unused = delivery.scheduleWithFixedDelay(
                () -> logged(() -> recheck(Disconnect.OTHER)), RETRY_MILLIS, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * A transport for the member, to be started with this node id. A member that restarts may use the old one again, or ask for a new one
     * after closing it.
     */
    public Transport join(long nodeId) {
        return new MemoryTransport(this, nodeId);
    }

    /** Loses everything that {@code from} sends to {@code to}, from now on. The other direction works. */
    public void cut(long from, long to) {
        synchronized (this) {
            cut.add(new Link(from, to));
        }
        recheck(Disconnect.OTHER);
    }

    /** Loses everything between the two. */
    public void cutBoth(long one, long other) {
        synchronized (this) {
            cut.add(new Link(one, other));
            cut.add(new Link(other, one));
        }
        recheck(Disconnect.OTHER);
    }

    /** Loses everything between this member and all that have started. */
    public void isolate(long nodeId) {
        synchronized (this) {
            for (long other : members.keySet()) {
                if (other != nodeId) {
                    cut.add(new Link(nodeId, other));
                    cut.add(new Link(other, nodeId));
                }
            }
        }
        recheck(Disconnect.OTHER);
    }

    /** Repairs all that was cut. Drops and delays stay. */
    public void heal() {
        synchronized (this) {
            cut.clear();
        }
        recheck(Disconnect.OTHER);
    }

    /** Loses each message, request or answer with this probability, unnoticed by its sender. */
    public synchronized void drop(double probability) {
        dropProbability = probability;
    }

    /** Delivers each message, request or answer after a random time between the two, in order. */
    public synchronized void delay(Duration min, Duration max) {
        if (min.compareTo(max) > 0) {
            throw new IllegalArgumentException("min " + min + " is greater than max " + max);
        }
        minDelayNanos = min.toNanos();
        maxDelayNanos = max.toNanos();
    }

    /** As if the member's process were killed: nothing leaves or reaches it, and the others notice. Its own code goes on. */
    public void stop(long nodeId) {
        synchronized (this) {
            stopped.add(nodeId);
        }
        recheck(Disconnect.REFUSED_AT_RECONNECT);
    }

    /** Takes back {@link #stop}. */
    public void restart(long nodeId) {
        synchronized (this) {
            stopped.remove(nodeId);
        }
        recheck(Disconnect.OTHER);
    }

    /** Ends the threads. Transports that still run can't send any more. */
    @Override
    public void close() {
        delivery.shutdownNow();
        files.shutdownNow();
        try {
            if (!delivery.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    || !files.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a listener did not return");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void started(MemoryTransport transport) throws IOException {
        if (members.putIfAbsent(transport.nodeId(), transport) != null) {
            throw new IOException("member " + transport.nodeId() + " is running already");
        }
        recheck(Disconnect.OTHER);
    }

    void closed(MemoryTransport transport) {
        members.remove(transport.nodeId(), transport);
        recheck(Disconnect.REFUSED_AT_RECONNECT);
    }

    /** Lets each member find out whom it is connected to now; {@code cause} is for connections that are gone. */
    void recheck(Disconnect cause) {
        onDelivery(() -> members.values().forEach(member -> member.recheck(cause)));
    }

    /** The member at the other end, if what {@code from} sends can get there. */
    synchronized @Nullable MemoryTransport reachable(long from, long to) {
        boolean broken = stopped.contains(from) || stopped.contains(to) || cut.contains(new Link(from, to));
        return broken ? null : members.get(to);
    }

    /** Delivers later, unless the dice say that it is lost. */
    synchronized void deliver(long from, long to, Runnable task) {
        if (dropProbability > 0 && random.nextDouble() < dropProbability) {
            return;
        }
        Deque<Runnable> waiting = delayed.computeIfAbsent(new Link(from, to), link -> new ConcurrentLinkedDeque<>());
        if (maxDelayNanos == 0 && waiting.isEmpty()) {
            onDelivery(task);
            return;
        }
        // Each alarm delivers what has waited longest, so a short delay never overtakes a long one.
        waiting.add(task);
        long delay = minDelayNanos + (long) (random.nextDouble() * (maxDelayNanos - minDelayNanos));
        after(Duration.ofNanos(delay), () -> waiting.remove().run());
    }

    void after(Duration time, Runnable task) {
        onOpen(() -> {
            Future<?> unused = delivery.schedule(() -> logged(task), time.toNanos(), TimeUnit.NANOSECONDS);
        });
    }

    void onDelivery(Runnable task) {
        onOpen(() -> delivery.execute(() -> logged(task)));
    }

    void onFiles(Runnable task) {
        files.execute(() -> logged(task));
    }

    private void onOpen(Runnable handOver) {
        try {
            handOver.run();
        } catch (RejectedExecutionException e) {
            if (!delivery.isShutdown()) {
                throw e;
            }
            // Otherwise the network is closed, and everything is lost.
        }
    }

    boolean isOwnThread() {
        return threads.contains(Thread.currentThread());
    }

    /** What listeners throw is caught before; the rest would be lost, and end what is repeated. */
    private static void logged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("a task of the network in memory failed", e);
        }
    }

    private ScheduledThreadPoolExecutor executor(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
