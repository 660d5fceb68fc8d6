package io.raftboot.transport.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.raftboot.agent.Uninterrupted;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.netty.handshake.AcceptingHandshake;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.Doorkeeper;
import io.raftboot.transport.netty.handshake.Examination;
import io.raftboot.transport.netty.handshake.FormerConnection;
import io.raftboot.transport.netty.handshake.Introductions;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.snapshot.Snapshots;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.FrameDecoder;
import io.raftboot.transport.netty.wire.LivenessMonitor;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens, and holds the connections that others opened: one stream for each member. Event loop only. */
final class Acceptor implements StreamConnection.Owner, Doorkeeper {
    private static final Logger log = LoggerFactory.getLogger(NettyTransport.class);

    /** Connections that have not introduced themselves yet; more than a cluster needs, few enough to hurt nobody. */
    static final int MAX_INTRODUCING = 128;

    /** Those of them that may come from one address, so that one machine does not keep all others out. */
    static final int MAX_INTRODUCING_PER_ADDRESS = 32;

    /** Members that are connected; those that are configured peers are always let in. */
    private static final int MAX_CONNECTED = 256;

    private static final int BACKLOG = 128;

    /** Nothing of it waits for others: whoever waits for so long waits for an event loop that hangs. */
    private static final Duration BIND_TIMEOUT = Duration.ofMinutes(1);

    private final Endpoint endpoint;
    private final Introductions introductions;
    private final LivenessMonitor liveness;
    private final Snapshots snapshots;
    private final Map<Long, StreamConnection> connections = new HashMap<>();
    private int introducing;

    /** How many of them come from each address that any comes from. */
    private final Map<String, Integer> introducingFrom = new HashMap<>();

    Acceptor(Endpoint endpoint, Introductions introductions, LivenessMonitor liveness, Snapshots snapshots) {
        this.endpoint = endpoint;
        this.introductions = introductions;
        this.liveness = liveness;
        this.snapshots = snapshots;
    }

    private AcceptingHandshake handshake() {
        return new AcceptingHandshake(
                this, introductions, liveness, endpoint.options(), endpoint.notices(), endpoint.securing());
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(endpoint.eventLoop())
                .channelFactory(endpoint.sockets()::listening)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Dialler.WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel created) {
                        // TLS goes first: whatever follows then sees plain bytes.
                        endpoint.securing().accepting(created.pipeline());
                        created.pipeline().addLast(new FrameDecoder(), handshake());
                    }
                });
    }

    /** Any thread but the event loop: waits until the port is open. */
    Channel listen(String host, int port) throws IOException {
        InetAddress address =
                new ListenAddress(endpoint.sockets()::address, endpoint.process()).await(host, Duration.ZERO);
        ChannelFuture bind = bootstrap().bind(new InetSocketAddress(address, port));
        var bound = ChannelActions.outcome(bind);
        if (!Uninterrupted.run(() -> endpoint.process().awaitDone(bound, BIND_TIMEOUT))) {
            ChannelActions.close(bind.channel());
            throw new IOException(
                    "can't listen on " + new PeerAddress(host, port) + ": no answer within " + BIND_TIMEOUT);
        }
        if (bind.isSuccess()) {
            bind.channel().pipeline().addLast(new AcceptFailures(endpoint.notices()));
            if (!address.isLoopbackAddress() && !endpoint.securing().isRequired()) {
                warnOfPlain(new PeerAddress(host, port));
            }
            return bind.channel();
        }
        String message = "can't listen on " + new PeerAddress(host, port) + ": "
                + bind.cause().getMessage();
        IOException failure =
                bind.cause() instanceof BindException ? new BindException(message) : new IOException(message);
        failure.initCause(bind.cause());
        throw failure;
    }

    private void warnOfPlain(PeerAddress address) {
        if (endpoint.securing().isOn()) {
            log.warn(
                    "listening on {} with TLS that is not required: whoever reaches the port can still claim to be a member; write"
                            + " raft.transport.ssl.mode=required as soon as all members have certificates",
                    address);
        } else {
            log.warn(
                    "listening on {} without TLS: whoever reaches the port can read what members say to each other,"
                            + " and claim to be one; let nobody else reach it, or set raft.transport.ssl.bundle",
                    address);
        }
    }

    void close() {
        Map<Long, StreamConnection> all = new TreeMap<>(connections);
        connections.clear();
        all.values().forEach(StreamConnection::close);
    }

    @Nullable
    StreamConnection connectionOf(long nodeId) {
        return connections.get(nodeId);
    }

    @Override
    public boolean mayIntroduce(String host) {
        if (introducing >= MAX_INTRODUCING || introducingFrom.getOrDefault(host, 0) >= MAX_INTRODUCING_PER_ADDRESS) {
            endpoint.securing().count(Refused.TOO_MANY);
            return false;
        }
        introducing++;
        introducingFrom.merge(host, 1, Integer::sum);
        return true;
    }

    @Override
    public void introduced(String host) {
        introducing--;
        introducingFrom.computeIfPresent(host, (from, count) -> count > 1 ? count - 1 : null);
    }

    @Override
    public Examination examine(Channel channel, ProcessIdentity me, Hello hello) {
        // Before anybody else hears of it: nothing that it says is its own to say otherwise.
        long nodeId = hello.getNodeId();
        String stranger =
                endpoint.securing().objection(channel, nodeId, endpoint.links().hostsOf(nodeId));
        if (stranger != null) {
            return Examination.refused(Introductions.refusal(RefusalReason.REFUSAL_REASON_CERTIFICATE, stranger));
        }
        var examination = introductions.examine(me, hello);
        var objection = examination instanceof Examination.Agreed agreed ? objection(agreed.meeting(), hello) : null;
        return objection == null ? examination : Examination.refused(objection);
    }

    private @Nullable Refusal objection(Meeting meeting, Hello hello) {
        return switch (hello.getPurpose()) {
            case PURPOSE_STREAM -> hasRoomFor(meeting.peerId()) ? null : overloaded("too many connections");
            case PURPOSE_SNAPSHOT -> null;
            case PURPOSE_SNAPSHOT_FETCH ->
                snapshots.expects(meeting, hello.getTicket())
                        ? null
                        : overloaded("nothing is there to be fetched any more");
            case PURPOSE_UNSPECIFIED, UNRECOGNIZED ->
                Introductions.refusal(
                        RefusalReason.REFUSAL_REASON_PROTOCOL_VERSION,
                        "what the connection is for is not known here: run the same release on all members");
        };
    }

    private boolean hasRoomFor(long nodeId) {
        return connections.size() < MAX_CONNECTED || endpoint.link(nodeId) != null || connections.containsKey(nodeId);
    }

    private static Refusal overloaded(String what) {
        return Introductions.refusal(RefusalReason.REFUSAL_REASON_OVERLOADED, what + ", try again later");
    }

    @Override
    public void refusedBy(Hello hello, Refusal refusal) {
        endpoint.notices().warnOnce("member " + hello.getNodeId(), "refused this member: " + refusal.getMessage());
    }

    @Override
    public @Nullable FormerConnection toAskBefore(Hello hello) {
        boolean comesBack = hello.getPurpose() == Purpose.PURPOSE_STREAM && hello.getReplaced();
        return comesBack ? connections.get(hello.getNodeId()) : null;
    }

    @Override
    public ChannelHandler accepted(Channel channel, Meeting meeting, Hello hello) {
        endpoint.securing().established(channel, meeting.peerId());
        endpoint.tellEach(meeting, (listener, remote) -> listener.introduced(remote));
        if (hello.getPurpose() == Purpose.PURPOSE_SNAPSHOT) {
            return snapshots.receive(channel, meeting);
        }
        if (hello.getPurpose() == Purpose.PURPOSE_SNAPSHOT_FETCH) {
            return snapshots.followed(channel, meeting, hello.getTicket());
        }
        StreamConnection accepted = new StreamConnection(channel, meeting, endpoint, this);
        StreamConnection former = connections.put(meeting.peerId(), accepted);
        if (former != null) {
            // Its other end opened a new one, so it is dead for it; if it is not, two processes claim to be this
            // member.
            former.refuse(Introductions.replaced(meeting.peerId()));
        }
        PeerLink link = endpoint.link(meeting.peerId());
        if (link != null) {
            link.peerOpened(meeting);
            endpoint.links().changed();
        }
        return accepted;
    }

    @Override
    public void closed(StreamConnection connection, @Nullable Refusal refusal) {
        long nodeId = connection.peerId();
        boolean wasTheLast = connections.remove(nodeId, connection);
        PeerLink link = endpoint.link(nodeId);
        if (wasTheLast && link != null) {
            link.peerClosed(connection);
            endpoint.links().changed();
        }
        if (refusal != null) {
            endpoint.notices().warnOnce("member " + nodeId, "refused this member: " + refusal.getMessage());
        }
    }
}
