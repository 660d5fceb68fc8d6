package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.LabelledHost;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.notice.LogLabels;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.PeerDiscovery;
import io.raftboot.transport.Reach;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.TransportLoad;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.snapshot.OutgoingFile;
import io.raftboot.transport.netty.wire.MachineSockets;
import io.raftboot.transport.netty.wire.Sockets;
import io.raftboot.transport.tls.TransportSecurity;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The transport over TCP. Each member dials each peer, sends its messages and requests on the connection it dialled, or where it
 * can't dial, on the one that the peer opened, and answers requests on the connection they came by; a snapshot's file has a
 * connection of its own. All of it is moved by one thread; host names and snapshot files are left to threads that come and go with
 * the work.
 *
 * <p>Without a {@link TransportSecurity} nothing is encrypted, and whoever reaches the port can claim to be a member. What was recorded of
 * a connection is then of no use on another one, but whoever stands between two members can read and change all of it. With one, all
 * connections speak TLS, and each side shows by its certificate which member it is.
 */
public final class NettyTransport implements Transport {
    private static final Duration LABELS_INTERVAL = Duration.ofMillis(100);

    private final String host;
    private final @Nullable Integer port;
    private final TransportOptions options;
    private final AgentHost threads;
    private final Sockets sockets;
    private PeerDiscovery discovery = PeerDiscovery.NONE;
    private @Nullable TransportSecurity security;
    private volatile @Nullable LogLabels labels;
    private volatile @Nullable Running running;

    /** Held for a moment only, where a start may hold the transport itself for as long as it waits for its port. */
    private final Object addresses = new Object();

    /** Changed by who holds the addresses. */
    private volatile Map<Long, List<PeerAddress>> peers = Map.of();

    /** The endpoint that has its port, and is told of peers; guarded by the addresses. */
    private @Nullable Endpoint connecting;

    /** The group whose transport this is, on the connections of its process. */
    private record Running(Endpoint endpoint, OpenGroup group) {}

    /** The one that runs, or whose threads may still be ending. */
    private volatile @Nullable Endpoint last;

    /**
     * A transport that opens nothing before its {@link #start}.
     *
     * @param host the address to listen on, or a name of it; {@code 0.0.0.0} for all
     * @param port the port to listen on; 0 for any that is free; null to not listen at all, for a member that is alone
     */
    public NettyTransport(String host, @Nullable Integer port, TransportOptions options) {
        this(host, port, options, ThreadedHost.SYSTEM);
    }

    /**
     * As the other constructor.
     *
     * @param discovery where peers may be as well
     */
    public NettyTransport(String host, @Nullable Integer port, TransportOptions options, PeerDiscovery discovery) {
        this(host, port, options);
        this.discovery = discovery;
    }

    /**
     * As the other constructor.
     *
     * @param discovery where peers may be as well
     * @param security TLS on all connections; null for none
     */
    public NettyTransport(
            String host,
            @Nullable Integer port,
            TransportOptions options,
            PeerDiscovery discovery,
            @Nullable TransportSecurity security) {
        this(host, port, options, discovery, security, ThreadedHost.SYSTEM);
    }

    /**
     * As the other constructor.
     *
     * @param discovery where peers may be as well
     * @param security TLS on all connections; null for none
     * @param threads gives threads, time and random numbers; one that has threads
     */
    public NettyTransport(
            String host,
            @Nullable Integer port,
            TransportOptions options,
            PeerDiscovery discovery,
            @Nullable TransportSecurity security,
            AgentHost threads) {
        this(host, port, options, threads);
        this.discovery = discovery;
        this.security = security;
    }

    /**
     * As the other constructor.
     *
     * @param threads gives threads, time and random numbers; one that has threads
     */
    public NettyTransport(String host, @Nullable Integer port, TransportOptions options, AgentHost threads) {
        this(host, port, options, threads, MachineSockets.INSTANCE);
    }

    NettyTransport(String host, @Nullable Integer port, TransportOptions options, AgentHost threads, Sockets sockets) {
        this(host, port, options, threads, sockets, null);
    }

    /**
     * @param sockets the network below it
     * @param security TLS on all connections; null for none
     */
    NettyTransport(
            String host,
            @Nullable Integer port,
            TransportOptions options,
            AgentHost threads,
            Sockets sockets,
            @Nullable TransportSecurity security) {
        this.host = host;
        this.port = port;
        this.options = options;
        this.threads = threads;
        this.sockets = sockets;
        this.security = security;
    }

    @Override
    public void label(LogLabels newLabels) {
        labels = newLabels;
    }

    @Override
    public synchronized void checkPort() throws IOException {
        if (port == null || running != null) {
            return;
        }
        InetAddress address = new ListenAddress(sockets::address, threads).await(host, options.hostTimeout());
        try {
            sockets.probe(new InetSocketAddress(address, port));
        } catch (BindException e) {
            BindException named =
                    new BindException("can't listen on " + new PeerAddress(host, port) + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    @Override
    public synchronized void start(LocalMember self, TransportListener listener) throws IOException {
        if (running != null) {
            throw new IllegalStateException("the transport runs already");
        }
        if (peers.containsKey(self.nodeId())) {
            throw new IllegalArgumentException("the peers must not hold the member itself, " + self.nodeId());
        }
        OpenGroup group = new OpenGroup(self.group(), listener);
        LogLabels shown = labels;
        AgentHost labelled = shown == null ? threads : new LabelledHost(threads, shown);
        Endpoint endpoint = new Endpoint(self.process(), List.of(group), options, labelled, sockets, security);
        last = endpoint;
        running = new Running(endpoint, group); // first, as the listener may want to send before this returns
        try {
            endpoint.start(host, port);
        } catch (IOException | RuntimeException | Error e) {
            running = null;
            throw e;
        }
        if (shown != null) {
            // Its one thread begins no piece of work that is somebody's: the term is looked at now and then.
            Future<?> unused = endpoint.eventLoop()
                    .scheduleWithFixedDelay(shown::show, 0, LABELS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
        synchronized (addresses) {
            connecting = endpoint;
            endpoint.setPeers(peers);
        }
    }

    @Override
    public void clusterIdLearned(long clusterId) {
        Running now = running;
        if (now != null) {
            now.endpoint.clusterIdLearned(clusterId);
        }
    }

    @Override
    public void setPeers(Map<Long, String> newPeers) {
        Map<Long, List<String>> lists = new TreeMap<>();
        newPeers.forEach((id, address) -> lists.put(id, List.of(address)));
        setPeerAddresses(lists);
    }

    @Override
    public void setPeerAddresses(Map<Long, List<String>> newPeers) {
        Running now = running;
        if (now != null && newPeers.containsKey(now.endpoint.self().nodeId())) {
            throw new IllegalArgumentException("the peers must not hold the member itself, "
                    + now.endpoint.self().nodeId());
        }
        Map<Long, List<PeerAddress>> parsed = new TreeMap<>();
        newPeers.forEach((id, list) -> parsed.put(id, parsed(id, list)));
        synchronized (addresses) {
            // Sorted, so that they are dialled in the same order in each run.
            peers = Collections.unmodifiableMap(parsed);
            if (connecting != null) {
                connecting.setPeers(peers);
            }
        }
    }

    private List<PeerAddress> parsed(long id, List<String> said) {
        var all = new LinkedHashSet<PeerAddress>();
        said.forEach(address -> all.add(PeerAddress.parse(address)));
        String found = discovery.addressOf(id);
        if (found != null) {
            all.add(PeerAddress.parse(found));
        }
        return List.copyOf(all);
    }

    @Override
    public void send(List<Message> messages) {
        Running now = running;
        if (now != null) {
            now.endpoint.outbox().send(now.group, messages);
        }
    }

    @Override
    public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
        CompletableFuture<ByteString> answer = new CompletableFuture<>();
        Running now = running;
        if (now == null) {
            answer.completeExceptionally(EventLoopInbox.notRunning());
        } else {
            now.endpoint.outbox().ask(now.group, to, payload, answer, timeout);
        }
        return answer;
    }

    @Override
    public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
        if (snapshotMessage.getType() != MessageType.MSG_SNAP) {
            throw new IllegalArgumentException("a snapshot goes with MSG_SNAP, not " + snapshotMessage.getType());
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        Running now = running;
        List<PeerAddress> known = peers.get(snapshotMessage.getTo());
        PeerAddress address = known == null ? null : known.get(0);
        if (now == null) {
            source.close();
            done.completeExceptionally(EventLoopInbox.notRunning());
        } else {
            now.endpoint.sendSnapshot(now.group, address, new OutgoingFile(snapshotMessage, source, done));
        }
        return done;
    }

    @Override
    public void disconnect(long peerId) {
        Running now = running;
        if (now != null) {
            now.endpoint.links().disconnect(peerId);
        }
    }

    @Override
    public Map<Long, Reach> reach() {
        Running now = running;
        return now == null ? Map.of() : now.endpoint.links().reach();
    }

    @Override
    public List<String> oddities(Instant now) {
        var secured = running == null ? null : security;
        return secured == null ? List.of() : secured.oddities(now);
    }

    @Override
    public Map<Long, String> obstacles() {
        Running now = running;
        return now == null ? Map.of() : now.endpoint.links().obstacles();
    }

    @Override
    public TransportLoad load() {
        Running now = running;
        return now == null
                ? TransportLoad.UNKNOWN
                : new TransportLoad(
                        now.group.traffic().peers(),
                        now.endpoint.securing().refused().byReason());
    }

    @Override
    public @Nullable Integer port() {
        Running now = running;
        return now == null ? null : now.endpoint.port();
    }

    @Override
    public boolean isOwnThread() {
        var started = last;
        return started != null && started.isOwnThread();
    }

    @Override
    public void close() {
        Running now;
        synchronized (this) {
            now = running;
            running = null;
        }
        synchronized (addresses) {
            connecting = null;
        }
        if (now != null) {
            now.endpoint.close();
        }
    }
}
