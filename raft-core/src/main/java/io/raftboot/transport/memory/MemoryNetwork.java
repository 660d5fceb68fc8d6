package io.raftboot.transport.memory;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.agent.Timer;
import io.raftboot.agent.Worker;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network inside one JVM: transports that are joined by queues instead of sockets, with controls to break it. A timer of
 * its host delivers everything (but snapshot files, which a worker of the host carries), so listeners see calls one after the
 * other. Messages and requests from one member to another keep their order.
 *
 * <p>All methods may be called from any thread. Random decisions come from the host's random numbers; on a host that steps
 * everything in one thread, all that happens comes from its seed.
 */
public final class MemoryNetwork implements AutoCloseable {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(50);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private record Link(long from, long to) {}

    private static final Logger log = LoggerFactory.getLogger(MemoryNetwork.class);

    private final Timer delivery;
    private final Worker files;
    private volatile boolean closed;

    /** Sorted, so that the order in which members are told of a change is the same in each run. */
    private final Map<Long, MemoryTransport> members = new ConcurrentSkipListMap<>();

    // Guarded by this, as everything below.
    private final RandomGenerator random;
    private final Set<Link> cut = new HashSet<>();
    private final Set<Long> stopped = new HashSet<>();
    private final Map<Link, Deque<Runnable>> delayed = new HashMap<>();
    private double dropProbability;
    private long minDelayNanos;
    private long maxDelayNanos;

    /** @param seed seed of what is dropped and how long the rest is delayed; print it where a test fails */
    public MemoryNetwork(long seed) {
        this(ThreadedHost.seeded(seed));
    }

    /** @param host delivers, and gives the random numbers of what is dropped and how long the rest is delayed */
    public MemoryNetwork(AgentHost host) {
        random = host.random();
        delivery = host.timer("memory-network", MemoryNetwork::failed);
        files = host.worker("memory-network-files", 1, Integer.MAX_VALUE, MemoryNetwork::failed);
        // Who was refused tries again, as over sockets.
        delivery.every(RETRY_PAUSE, () -> recheck());
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
        recheck();
    }

    /** Loses everything between the two. */
    public void cutBoth(long one, long other) {
        synchronized (this) {
            cut.add(new Link(one, other));
            cut.add(new Link(other, one));
        }
        recheck();
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
        recheck();
    }

    /** Repairs all that was cut. Drops and delays stay. */
    public void heal() {
        synchronized (this) {
            cut.clear();
        }
        recheck();
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
        recheck();
    }

    /** Takes back {@link #stop}. */
    public void restart(long nodeId) {
        synchronized (this) {
            stopped.remove(nodeId);
        }
        recheck();
    }

    /** Ends the threads. Transports that still run can't send any more. */
    @Override
    public void close() {
        closed = true;
        delivery.stop();
        files.stop();
        try {
            if (!delivery.awaitEnd(CLOSE_TIMEOUT) || !files.awaitEnd(CLOSE_TIMEOUT)) {
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
        recheck();
    }

    void closed(MemoryTransport transport) {
        members.remove(transport.nodeId(), transport);
        recheck();
    }

    /** Lets each member find out whom it is connected to now. */
    void recheck() {
        onDelivery(() -> members.values().forEach(MemoryTransport::recheck));
    }

    /** Why a connection is gone, whoever notices it first: with its process, if that is not there and its machine can be reached. */
    synchronized Disconnect causeOfLoss(long from, long to) {
        var there = members.get(to);
        boolean unreachable = stopped.contains(from) || cut.contains(new Link(from, to));
        boolean lives = !stopped.contains(to) && there != null && there.isRunning();
        return unreachable || lives ? Disconnect.OTHER : Disconnect.REFUSED_AT_RECONNECT;
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
        delivery.after(time, task);
    }

    void onDelivery(Runnable task) {
        delivery.after(Duration.ZERO, task);
    }

    void onFiles(Runnable task) {
        files.execute(task);
    }

    boolean isClosed() {
        return closed;
    }

    boolean isOwnThread() {
        var current = Thread.currentThread();
        return delivery.threads().contains(current) || files.threads().contains(current);
    }

    /** What listeners throw is caught before; the rest is a fault of the network. */
    private static void failed(Throwable cause) {
        log.error("a task of the network in memory failed", cause);
    }
}
