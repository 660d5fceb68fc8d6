package io.raftboot.transport.netty.handshake;

import io.netty.util.NetUtil;
import io.raftboot.transport.netty.wire.Sockets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Looks host names up, at every connect and never on the event loop, where a slow name server would hold up every peer.
 * What the JVM's own cache keeps is out of reach: a name that was not found is not asked for again for 10 seconds, one that
 * was found for 30 ({@code networkaddress.cache.negative.ttl} and {@code networkaddress.cache.ttl}).
 */
public final class NameLookup {
    private final Executor blocking;
    private final Sockets sockets;

    public NameLookup(Executor blocking, Sockets sockets) {
        this.blocking = blocking;
        this.sockets = sockets;
    }

    /** All addresses of the host, at least one. Completed at once for an address, on another thread for a name. */
    CompletableFuture<InetAddress[]> lookUp(String host) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal != null) {
            return CompletableFuture.completedFuture(new InetAddress[] {literal});
        }
        CompletableFuture<InetAddress[]> result = new CompletableFuture<>();
        try {
            blocking.execute(() -> lookUp(host, result));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // Closed, or no thread is to be had for now: as a name that is not found, it is tried again.
            result.completeExceptionally(e);
        }
        return result;
    }

    private void lookUp(String host, CompletableFuture<InetAddress[]> result) {
        try {
            result.complete(sockets.addresses(host));
        } catch (UnknownHostException | RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
