package io.raftboot.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens, and holds the connections that others opened: one stream for each member. Event loop only. */
final class Acceptor implements StreamConnection.Owner {
    private static final Logger log = LoggerFactory.getLogger(NettyTransport.class);

    /** Connections that have not introduced themselves yet; more than a cluster needs, few enough to hurt nobody. */
    private static final int MAX_INTRODUCING = 128;

    /** Members that are connected; those that are configured peers are always let in. */
    private static final int MAX_CONNECTED = 256;

    private static final int BACKLOG = 128;

    private final Endpoint endpoint;
    private final Introductions introductions;
    private final LivenessMonitor liveness;
    private final SnapshotReceptions snapshots;
    private final Map<Long, StreamConnection> connections = new HashMap<>();
    private int introducing;

    Acceptor(Endpoint endpoint, Introductions introductions, LivenessMonitor liveness, SnapshotReceptions snapshots) {
        this.endpoint = endpoint;
        this.introductions = introductions;
        this.liveness = liveness;
        this.snapshots = snapshots;
    }

    /** Any thread but the event loop: waits until the port is open. */
    Channel listen(String host, int port) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        ChannelFuture bind = new ServerBootstrap()
                .group(endpoint.eventLoop())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Dialler.WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel created) {
                        // A TLS handler goes first here: whatever follows then sees plain bytes.
                        created.pipeline().addLast(new FrameDecoder(), new AcceptingHandshake(Acceptor.this));
                    }
                })
                .bind(new InetSocketAddress(address, port))
                .awaitUninterruptibly();
        if (bind.isSuccess()) {
            if (!address.isLoopbackAddress()) {
                log.warn(
                        "listening on {} without TLS: whoever reaches the port can read what members say to each other,"
                                + " and claim to be one; let nobody else reach it",
                        new PeerAddress(host, port));
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

    void close() {
        Map<Long, StreamConnection> all = new HashMap<>(connections);
        connections.clear();
        all.values().forEach(StreamConnection::close);
        snapshots.close();
    }

    @Nullable
    StreamConnection connectionOf(long nodeId) {
        return connections.get(nodeId);
    }

    TransportOptions options() {
        return endpoint.options();
    }

    NoticeLog notices() {
        return endpoint.notices();
    }

    boolean mayIntroduce() {
        if (introducing >= MAX_INTRODUCING) {
            return false;
        }
        introducing++;
        return true;
    }

    void introduced() {
        introducing--;
    }

    Hello hello(Purpose purpose) {
        return introductions.hello(purpose);
    }

    @Nullable
    Refusal check(Hello hello) {
        Purpose purpose = hello.getPurpose();
        if (purpose != Purpose.PURPOSE_STREAM && purpose != Purpose.PURPOSE_SNAPSHOT) {
            return Introductions.refusal(
                    RefusalReason.REFUSAL_REASON_PROTOCOL_VERSION,
                    "what the connection is for is not known here: run the same release on all members");
        }
        return introductions.check(hello, 0);
    }

    LivenessHandler watch(Purpose purpose) {
        return liveness.watchAccepted(purpose);
    }

    /** Takes the connection on; null if there are too many. */
    @Nullable
    ChannelHandler accepted(Channel channel, Hello hello) {
        RemoteMember remote = Introductions.remote(hello);
        if (hello.getPurpose() == Purpose.PURPOSE_SNAPSHOT) {
            return snapshots.accepted(channel, remote);
        }
        PeerLink link = endpoint.link(remote.nodeId());
        if (link == null && connections.size() >= MAX_CONNECTED) {
            return null;
        }
        endpoint.notices().forget("member " + remote.nodeId());
        StreamConnection accepted = new StreamConnection(channel, remote, endpoint, this);
        StreamConnection former = connections.put(remote.nodeId(), accepted);
        if (former != null) {
            // Its other end opened a new one, so it is dead for it; if it is not, two processes claim to be this
            // member.
            former.refuse(Introductions.refusal(
                    RefusalReason.REFUSAL_REASON_REPLACED,
                    "another connection of member " + remote.nodeId()
                            + " took its place; if this goes on, two processes run with this node id"));
        }
        if (link != null) {
            link.peerIsBack();
        }
        return accepted;
    }

    @Override
    public void closed(StreamConnection connection, @Nullable Refusal refusal) {
        long nodeId = connection.remote().nodeId();
        connections.remove(nodeId, connection);
        if (refusal != null) {
            endpoint.notices().warnOnce("member " + nodeId, "refused this member: " + refusal.getMessage());
        }
    }
}
