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
 *
 * <p>The JVM answers for 30 seconds with what a name was, and for 10 with that there was none ({@code networkaddress.cache.ttl} and
 * {@code networkaddress.cache.negative.ttl}, which are the whole process's and not for a library to set). A member that has just come
 * back elsewhere would not be found for as long. What was of no use is therefore asked for in another {@linkplain Spellings spelling}.
 */
public final class NameLookup {
    private final Executor blocking;
    private final Sockets sockets;
    private final Spellings spellings = new Spellings();

    public NameLookup(Executor blocking, Sockets sockets) {
        this.blocking = blocking;
        this.sockets = sockets;
    }

    /**
     * All addresses of the host, at least one. Completed at once for an address, on another thread for a name.
     *
     * @param anew whether what was known before led nowhere
     */
    CompletableFuture<InetAddress[]> lookUp(String host, boolean anew) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal != null) {
            return CompletableFuture.completedFuture(new InetAddress[] {literal});
        }
        CompletableFuture<InetAddress[]> result = new CompletableFuture<>();
        try {
            blocking.execute(() -> lookUp(host, anew, result));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // Closed, or no thread is to be had for now: as a name that is not found, it is tried again.
            result.completeExceptionally(e);
        }
        return result;
    }

    private void lookUp(String host, boolean anew, CompletableFuture<InetAddress[]> result) {
        try {
            result.complete(anew ? addressesNow(host) : sockets.addresses(host));
        } catch (UnknownHostException | RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** Not everything that knows names knows that case means nothing in them, such as a file of hosts. */
    private InetAddress[] addressesNow(String host) throws UnknownHostException {
        String spelled = spellings.another(host);
        try {
            return sockets.addresses(spelled);
        } catch (UnknownHostException e) {
            if (spelled.equals(host)) {
                throw e;
            }
            return sockets.addresses(host);
        }
    }
}
