package io.raftboot.transport.netty;

import io.raftboot.agent.AgentHost;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the address that a member is to listen on, whose name may not be known yet: where names come with the process they are for. */
final class ListenAddress {
    private static final Logger log = LoggerFactory.getLogger(NettyTransport.class);

    private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

    private final Lookup lookup;
    private final AgentHost threads;

    /** A look-up of a name, which may block. */
    @FunctionalInterface
    interface Lookup {
        InetAddress find(String host) throws UnknownHostException;
    }

    /** @param threads has the caller wait */
    ListenAddress(Lookup lookup, AgentHost threads) {
        this.lookup = lookup;
        this.threads = threads;
    }

    /**
     * Asks until there is an answer, or the time is up.
     *
     * @throws UnknownHostException naming the host, and how long it was waited for
     * @throws InterruptedIOException if the thread is interrupted
     */
    InetAddress await(String host, Duration limit) throws IOException {
        var clock = threads.clock();
        long startedNanos = clock.nanoTime();
        boolean said = false;
        while (true) {
            try {
                return lookup.find(host);
            } catch (UnknownHostException e) {
                if (clock.nanoTime() - startedNanos >= limit.toNanos()) {
                    throw unknown(host, limit, e);
                }
                if (!said) {
                    said = true;
                    log.info(
                            "the host {}, on which this member is to listen, is not known yet ({}): waiting for it up to {} s",
                            host,
                            e.getMessage(),
                            limit.toSeconds());
                }
                pause();
            }
        }
    }

    private void pause() throws InterruptedIOException {
        try {
            boolean unused = threads.awaitDone(new CompletableFuture<>(), RETRY_INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the host to listen on");
        }
    }

    private static UnknownHostException unknown(String host, Duration limit, UnknownHostException cause) {
        var unknown = new UnknownHostException("the host " + host + ", on which this member is to listen, is not known"
                + (limit.isZero() ? "" : ", not after " + limit.toSeconds() + " s either") + ": " + cause.getMessage());
        unknown.initCause(cause);
        return unknown;
    }
}
