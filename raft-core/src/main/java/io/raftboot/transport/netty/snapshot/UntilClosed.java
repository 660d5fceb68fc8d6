package io.raftboot.transport.netty.snapshot;

import io.raftboot.agent.AgentHost;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What threads wait for that must not wait beyond the close of the transport. Nothing is left of what was waited for in vain: a
 * peer that is never there is waited for again and again. Any thread.
 */
public final class UntilClosed {
    private final AgentHost host;

    /** What is awaited, by the order in which it came. */
    private final Map<Long, CompletableFuture<?>> awaited = new ConcurrentSkipListMap<>();

    private final AtomicLong count = new AtomicLong();

    private volatile boolean closed;

    public UntilClosed(AgentHost host) {
        this.host = host;
    }

    /** Waits until the future is done, but neither longer than that nor beyond the close, which fails it. */
    public <T> T await(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        long key = count.incrementAndGet();
        var copy = future.copy();
        awaited.put(key, copy);
        try {
            if (closed) {
                fail(copy); // the close may have looked before this was there
            }
            return host.await(copy, timeout);
        } finally {
            awaited.remove(key);
        }
    }

    public void close() {
        closed = true;
        awaited.values().forEach(UntilClosed::fail);
    }

    /** How much is waited for. */
    public int awaitedCount() {
        return awaited.size();
    }

    private static void fail(CompletableFuture<?> future) {
        future.completeExceptionally(TransportException.maybeSent("the transport was closed"));
    }
}
