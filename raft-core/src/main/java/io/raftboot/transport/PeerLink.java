package io.raftboot.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Refusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to one peer: dials, and dials again when it breaks. Event loop only.
 *
 * <pre>
 *   dialling --established--> connected --broken--> dialling (at once, if it had lasted)
 *       ^  |                                          first outcome decides what disconnected says
 *       |  +--failed--> waiting (longer each time)
 *       +---------------------+
 * </pre>
 */
final class PeerLink implements DialOutcome, StreamConnection.Owner {
    private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

    /** A connection that did not last so long was none: without this, one that is dropped at once would be dialled at once. */
    private static final Duration MIN_LIFE = Duration.ofSeconds(1);

    /** How long to wait when one side does not want the other: an operator has to do something first. */
    private static final Duration NOT_ACCEPTED_DELAY = Duration.ofSeconds(5);

    /**
     * The kernel of a process that dies closes its connections one by one: for a moment the port may still take a
     * connection that nobody will serve. So many more attempts follow at once before that counts as an outcome.
     */
    private static final int MAX_BROKEN_RECONNECTS = 3;

    private static final Duration BROKEN_RECONNECT_DELAY = Duration.ofMillis(5);
    private static final int MAX_DOUBLINGS = 16;

    private final Endpoint endpoint;
    private final long peerId;
    private final PeerAddress address;
    private int failedAttempts;
    private boolean refused;
    private boolean disconnectUntold;
    private boolean closed;
    private Dialler.@Nullable Attempt attempt;
    private @Nullable ScheduledFuture<?> retry;
    private @Nullable StreamConnection connection;
    private @Nullable InetAddress lastHost;

    PeerLink(Endpoint endpoint, long peerId, PeerAddress address) {
        this.endpoint = endpoint;
        this.peerId = peerId;
        this.address = address;
    }

    PeerAddress address() {
        return address;
    }

    @Nullable
    StreamConnection connection() {
        return connection;
    }

    void dial() {
        retry = null;
        var target = new Dialler.Target(peerId, address, Purpose.PURPOSE_STREAM, failedAttempts, lastHost);
        attempt = endpoint.dialler().dial(target, this);
    }

    /** The peer has just connected from its side, so it is there: no need to wait any longer. */
    void peerIsBack() {
        if (retry != null && !refused) {
            retry.cancel(false);
            dial();
        }
    }

    /** The peer is not one any more: no call to the listener follows. */
    void close() {
        closed = true;
        if (retry != null) {
            retry.cancel(false);
        }
        if (attempt != null) {
            attempt.cancel();
        }
        if (connection != null) {
            connection.close();
        }
    }

    @Override
    public ChannelHandler established(Channel channel, RemoteMember remote) {
        attempt = null;
        refused = false;
        lastHost = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        StreamConnection established = new StreamConnection(channel, remote, endpoint, this);
        connection = established;
        tellDisconnected(Disconnect.OTHER);
        endpoint.notices().forget(subject());
        log.info("connected to member {} at {}", peerId, address);
        endpoint.tell(listener -> listener.connected(peerId, remote.incarnation()));
        return established;
    }

    @Override
    public void failed(DialFailure failure) {
        if (endpoint.closed()) {
            return;
        }
        attempt = null;
        refused = failure.kind() == DialFailure.Kind.NOT_ACCEPTED;
        boolean undecided =
                disconnectUntold && failure.kind() == DialFailure.Kind.BROKEN && failedAttempts < MAX_BROKEN_RECONNECTS;
        failedAttempts++;
        if (undecided) {
            retryAfter(BROKEN_RECONNECT_DELAY.toNanos());
            return;
        }
        tellDisconnected(
                failure.kind() == DialFailure.Kind.CONNECTION_REFUSED
                        ? Disconnect.REFUSED_AT_RECONNECT
                        : Disconnect.OTHER);
        endpoint.notices().warnOnce(subject(), "at " + address + " " + failure.message() + "; trying again");
        if (refused) {
            endpoint.tell(listener -> listener.refused(peerId, failure.message()));
        }
        retryAfter(refused ? NOT_ACCEPTED_DELAY.toNanos() : backOffNanos());
    }

    @Override
    public void closed(StreamConnection broken, @Nullable Refusal refusal) {
        connection = null;
        if (closed || endpoint.closed()) {
            return;
        }
        log.info("connection to member {} at {} is lost", peerId, address);
        disconnectUntold = true;
        endpoint.tell(listener -> listener.unreachable(peerId));
        boolean lasted = System.nanoTime() - broken.openedNanos() >= MIN_LIFE.toNanos();
        if (lasted) {
            failedAttempts = 0;
        }
        if (refusal != null) {
            refused = true;
            tellDisconnected(Disconnect.OTHER);
            endpoint.notices().warnOnce(subject(), "at " + address + " closed the connection: " + refusal.getMessage());
            endpoint.tell(listener -> listener.refused(peerId, refusal.getMessage()));
            retryAfter(NOT_ACCEPTED_DELAY.toNanos());
        } else if (lasted) {
            dial();
        } else {
            failedAttempts++;
            retryAfter(backOffNanos());
        }
    }

    private void tellDisconnected(Disconnect cause) {
        if (disconnectUntold) {
            disconnectUntold = false;
            endpoint.tell(listener -> listener.disconnected(peerId, cause));
        }
    }

    private void retryAfter(long nanos) {
        if (!closed) {
            retry = endpoint.eventLoop().schedule(this::dial, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private long backOffNanos() {
        TransportOptions options = endpoint.options();
        int doublings = Math.min(Math.max(failedAttempts - 1, 0), MAX_DOUBLINGS);
        long full = Math.min(
                options.minReconnectDelay().toNanos() << doublings,
                options.maxReconnectDelay().toNanos());
        return full - ThreadLocalRandom.current().nextLong(full / 2 + 1);
    }

    private String subject() {
        return "connecting to member " + peerId;
    }
}
