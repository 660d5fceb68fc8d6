package io.raftboot.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.handshake.DialFailure;
import io.raftboot.transport.netty.handshake.DialOutcome;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one connection to one peer: dials, and dials again when it breaks. A connection that the peer has opened serves as well
 * while there is no other; so the peer is connected as long as there is either. Event loop only.
 *
 * <pre>
 *   dialling --established--> connected --broken--> dialling (at once, if it had lasted or was replaced)
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
    private final DialPlaces places;
    private int failedAttempts;
    private boolean refused;

    /** The connection before was given up by the other side for another one in this member's name. */
    private boolean replaced;

    /** The groups that were told that the peer is connected, which was not taken back; null if none was. */
    private @Nullable Meeting announced;

    private boolean disconnectUntold;
    private boolean closed;
    private Dialler.@Nullable Attempt attempt;
    private @Nullable ScheduledFuture<?> retry;
    private @Nullable StreamConnection connection;
    private @Nullable InetAddress lastHost;

    /** Why the newest attempt failed; null once one did not. */
    private @Nullable String obstacle;

    /** A connection of this side broke, and what comes of that is not said yet. */
    private boolean broke;

    /** @param addresses where it may be, the likeliest first */
    PeerLink(Endpoint endpoint, long peerId, List<PeerAddress> addresses) {
        this.endpoint = endpoint;
        this.peerId = peerId;
        this.places = new DialPlaces(addresses);
    }

    /** Any thread: where it is dialled. */
    PeerAddress address() {
        return places.present();
    }

    /** Where it may be, the likeliest first. */
    List<PeerAddress> addresses() {
        return places.addresses();
    }

    /** Takes over where the peer may be; returns false if this link is connected to where it is no more. */
    boolean moveTo(List<PeerAddress> addresses) {
        if (connection != null && !addresses.contains(address())) {
            return false;
        }
        if (!places.areSame(addresses)) {
            places.change(addresses, connection != null);
            if (attempt != null && !addresses.contains(address())) {
                attempt.cancel();
                dial();
            }
            dialNow();
        }
        return true;
    }

    /** The one that this side dialled. */
    @Nullable
    StreamConnection connection() {
        return connection;
    }

    /** Why there is no connection that this side dialled, for an operator; null if there is one, or none was tried for. */
    @Nullable
    String obstacle() {
        return obstacle;
    }

    /** Whether the listener believes the peer to be connected. */
    boolean isAnnounced() {
        return announced != null;
    }

    void dial() {
        retry = null;
        var visit = Dialler.Visit.ofStream(endpoint.groups(), replaced);
        var target = new Dialler.Target(peerId, places.next(), visit, failedRounds(), lastHost);
        attempt = endpoint.dialler().dial(target, this);
    }

    /** What kept this link from its peer may be over: no need to wait any longer. */
    void dialNow() {
        if (retry != null) {
            retry.cancel(false);
            dial();
        }
    }

    /** The peer has just connected from its side, so it is there, and can be reached that way. */
    void peerOpened(Meeting meeting) {
        announce(meeting);
        if (!refused) {
            dialNow();
        }
    }

    /** The connection that the peer had opened is gone. */
    void peerClosed(StreamConnection opened) {
        if (closed || endpoint.closed() || connection != null || !isAnnounced()) {
            return;
        }
        if (opened.hasCarriedMessages()) {
            tellAnnounced(listener -> listener.unreachable(peerId));
        }
        disconnectUntold = true;
        if (refused) {
            tellDisconnected(Disconnect.OTHER);
        } else {
            dialNow(); // unless an attempt is under way, whose outcome decides as well
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
    public ChannelHandler established(Channel channel, Meeting meeting) {
        attempt = null;
        refused = false;
        replaced = false;
        lastHost = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        StreamConnection established = new StreamConnection(channel, meeting, endpoint, this);
        connection = established;
        obstacle = null;
        places.reached();
        endpoint.conditions()
                .fact(
                        subject(),
                        broke ? "connected again" : "connected",
                        "connected to member " + peerId + " at " + address()
                                + (broke ? " again: the connection before broke" : ""));
        broke = false;
        endpoint.tellEach(meeting, (listener, remote) -> listener.introduced(remote));
        announce(meeting);
        endpoint.links().changed();
        return established;
    }

    @Override
    public void notServed(OpenGroup group, String reason) {
        endpoint.conditions()
                .trouble(
                        Level.WARN,
                        subject() + " for group " + group.name(),
                        reason,
                        printable(subject() + " at " + address() + " serves not all groups: " + reason));
        endpoint.tell(group, listener -> listener.refused(peerId, reason));
    }

    @Override
    public void otherDirectoryKnown(List<OpenGroup> groups) {
        groups.forEach(group -> endpoint.tell(group, listener -> listener.otherDirectoryKnown(peerId)));
    }

    @Override
    public void unsettled(List<ServedGroup> groups) {
        groups.forEach(served -> endpoint.tell(served.group(), listener -> listener.unsettled(served.remote())));
    }

    @Override
    public void turnedAway(List<ServedGroup> groups) {
        groups.forEach(served -> endpoint.tell(served.group(), listener -> listener.turnedAway(served.remote())));
    }

    @Override
    public void failed(DialFailure failure) {
        if (endpoint.closed()) {
            return;
        }
        attempt = null;
        refused = false;
        boolean undecided =
                disconnectUntold && failure.kind() == DialFailure.Kind.BROKEN && failedAttempts < MAX_BROKEN_RECONNECTS;
        failedAttempts++;
        if (undecided) {
            retryAfter(BROKEN_RECONNECT_DELAY.toNanos());
            return;
        }
        boolean everywhere = places.failed(failure) || failure.kind() == DialFailure.Kind.UNSETTLED;
        refused = everywhere && places.isNotAcceptedAnywhere();
        tellDisconnected(
                failure.kind() == DialFailure.Kind.CONNECTION_REFUSED
                        ? Disconnect.REFUSED_AT_RECONNECT
                        : Disconnect.OTHER);
        if (everywhere) {
            report(failure);
            retryAfter(refused ? NOT_ACCEPTED_DELAY.toNanos() : backOffNanos());
        } else {
            log.debug("{} at {} {}; trying the next address", subject(), address(), failure.message());
            retryAfter(BROKEN_RECONNECT_DELAY.toNanos());
        }
    }

    private void warn(String kind, String message) {
        endpoint.conditions().trouble(Level.WARN, subject(), kind, printable(subject() + " " + message));
    }

    /** Part of it may come from the other side, which shall not write lines of its own into the log. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private void report(DialFailure failure) {
        boolean otherWay = endpoint.openedBy(peerId) != null;
        String goesOn = otherWay ? "; it is reached on the connection that it opened, trying again" : "; trying again";
        obstacle = "the attempt " + places.describe();
        endpoint.links().changed();
        boolean unclear = failure.kind() == DialFailure.Kind.BROKEN && failedAttempts <= 1;
        if (failure.kind() == DialFailure.Kind.UNSETTLED || unclear) {
            log.debug("{} {}", subject(), places.describe());
        } else {
            warn(failure.message(), places.describe() + goesOn);
        }
        broke = false;
        String refusal = failure.kind() == DialFailure.Kind.UNSETTLED ? failure.message() : places.refusal();
        if (refusal != null) {
            endpoint.tellAll(listener -> listener.refused(peerId, refusal));
        }
    }

    @Override
    public void closed(StreamConnection broken, @Nullable Refusal refusal) {
        connection = null;
        if (closed || endpoint.closed()) {
            return;
        }
        log.debug("connection to member {} at {} is lost", peerId, address());
        broke = true;
        endpoint.links().changed();
        tellAnnounced(listener -> listener.unreachable(peerId));
        disconnectUntold = endpoint.openedBy(peerId) == null;
        boolean lasted = endpoint.clock().nanoTime() - broken.openedNanos() >= MIN_LIFE.toNanos();
        if (lasted) {
            failedAttempts = 0;
        }
        if (refusal == null) {
            retryAfterLoss(lasted);
        } else if (refusal.getReason() == RefusalReason.REFUSAL_REASON_REPLACED) {
            // Whoever took the place answers for being there, or loses it again.
            warn(refusal.getMessage(), "at " + address() + " closed the connection: " + refusal.getMessage());
            replaced = true;
            retryAfterLoss(true);
        } else {
            refused = true;
            tellDisconnected(Disconnect.OTHER);
            obstacle = "the other side at " + address() + " closed it: " + refusal.getMessage();
            endpoint.links().changed();
            warn(refusal.getMessage(), "at " + address() + " closed the connection: " + refusal.getMessage());
            endpoint.tellAll(listener -> listener.refused(peerId, refusal.getMessage()));
            retryAfter(NOT_ACCEPTED_DELAY.toNanos());
        }
    }

    private void retryAfterLoss(boolean atOnce) {
        if (atOnce) {
            dial();
        } else {
            failedAttempts++;
            retryAfter(backOffNanos());
        }
    }

    /** There is a way to the peer, whoever opened it. */
    private void announce(Meeting meeting) {
        if (announced != null && !isSame(announced, meeting)) {
            disconnectUntold = true;
        }
        tellDisconnected(Disconnect.OTHER);
        if (announced == null) {
            announced = meeting;
            long incarnation = meeting.remote().incarnation();
            endpoint.tellEach(meeting, (listener, remote) -> listener.connected(peerId, incarnation));
        }
    }

    private static boolean isSame(Meeting one, Meeting other) {
        return one.remote().incarnation() == other.remote().incarnation()
                && names(one).equals(names(other));
    }

    private static Set<String> names(Meeting meeting) {
        return meeting.groups().stream().map(served -> served.group().name()).collect(Collectors.toSet());
    }

    private void tellDisconnected(Disconnect cause) {
        if (disconnectUntold) {
            disconnectUntold = false;
            Meeting told = announced;
            announced = null;
            if (told != null) {
                endpoint.tellEach(told, (listener, remote) -> listener.disconnected(peerId, cause));
            }
        }
    }

    /** Tells the groups that believe the peer to be connected. */
    void tellAnnounced(Consumer<TransportListener> call) {
        Meeting told = announced;
        if (told != null) {
            endpoint.tellEach(told, (listener, remote) -> call.accept(listener));
        }
    }

    private void retryAfter(long nanos) {
        if (!closed) {
            retry = endpoint.eventLoop().schedule(this::dial, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** How often it was tried everywhere. */
    private int failedRounds() {
        return failedAttempts / places.count();
    }

    private long backOffNanos() {
        TransportOptions options = endpoint.options();
        int doublings = Math.min(Math.max(failedRounds() - 1, 0), MAX_DOUBLINGS);
        long full = Math.min(
                options.minReconnectDelay().toNanos() << doublings,
                options.maxReconnectDelay().toNanos());
        return full - endpoint.random().nextLong(full / 2 + 1);
    }

    private String subject() {
        return "connecting to member " + peerId;
    }
}
