package io.raftboot.benchmarks.aeron;

import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.Header;
import io.raftboot.benchmarks.load.PutTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A client of the cluster in this process, on a thread of its own, which offers what others put and reports what the service
 * sent back. A session that ends is followed by another.
 */
final class IngressClient implements PutTarget, EgressListener, AutoCloseable {
    private static final long KEEP_ALIVE_INTERVAL_NANOS = 1_000_000_000L;
    private static final String LOST = "the session ended before the answer came";

    private final AeronCluster.Context context;
    private final Queue<Write> waiting = new ConcurrentLinkedQueue<>();
    private final Map<Long, Listener> offered = new HashMap<>();
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[0]);
    private final IdleStrategy idle = new BackoffIdleStrategy();
    private final Thread thread = new Thread(this::run, "ingress-client");
    private long nextNumber;
    private volatile boolean connected;
    private volatile boolean closed;

    private record Write(Put put, Listener listener) {}

    /** @param context without a listener; not to be used for another client */
    IngressClient(AeronCluster.Context context) {
        this.context = context.egressListener(this);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether it has a session. Any thread. */
    boolean connected() {
        return connected;
    }

    @Override
    public void put(Put put, Listener listener) {
        waiting.add(new Write(put, listener));
    }

    private void run() {
        while (!closed) {
            try (var cluster = AeronCluster.connect(context.clone())) {
                connected = true;
                serve(cluster);
            } catch (AeronException e) {
                // No leader, or another one than before: the next attempt finds it. What it was is in the driver's log.
                System.err.println("ingress: " + e);
            }
            connected = false;
            failOffered();
        }
    }

    private void serve(AeronCluster cluster) {
        long keptAliveNanos = System.nanoTime();
        while (!closed && !cluster.isClosed()) {
            int work = cluster.pollEgress();
            work += offer(cluster);
            long now = System.nanoTime();
            if (now - keptAliveNanos > KEEP_ALIVE_INTERVAL_NANOS) {
                cluster.sendKeepAlive();
                keptAliveNanos = now;
            }
            idle.idle(work);
        }
    }

    /** Offers until nothing is left, or the cluster takes no more for now. */
    private int offer(AeronCluster cluster) {
        int count = 0;
        for (@Nullable Write write = waiting.peek(); write != null; write = waiting.peek()) {
            long number = nextNumber++;
            byte[] command = write.put().command();
            byte[] bytes = new byte[Long.BYTES + command.length];
            message.wrap(bytes);
            message.putLong(0, number);
            message.putBytes(Long.BYTES, command);
            if (cluster.offer(message, 0, bytes.length) < 0) {
                return count;
            }
            waiting.remove();
            offered.put(number, write.listener());
            count++;
        }
        return count;
    }

    @Override
    public void onMessage(
            long clusterSessionId, long timestamp, DirectBuffer buffer, int offset, int length, Header header) {
        var listener = offered.remove(buffer.getLong(offset));
        if (listener != null) {
            listener.done(null);
        }
    }

    private void failOffered() {
        List<Listener> lost = new ArrayList<>(offered.values());
        offered.clear();
        lost.forEach(listener -> listener.done(LOST));
    }

    @Override
    public void close() {
        closed = true;
    }
}
