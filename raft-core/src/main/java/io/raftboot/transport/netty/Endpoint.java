package io.raftboot.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Uninterrupted;
import io.raftboot.notice.Conditions;
import io.raftboot.notice.QuietLogger;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.Introductions;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.NameLookup;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.netty.snapshot.OpenedStream;
import io.raftboot.transport.netty.snapshot.OutgoingFile;
import io.raftboot.transport.netty.snapshot.Snapshots;
import io.raftboot.transport.netty.snapshot.TransferHost;
import io.raftboot.transport.netty.tls.Securing;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.GuardedLoop;
import io.raftboot.transport.netty.wire.LivenessMonitor;
import io.raftboot.transport.netty.wire.NoticeLog;
import io.raftboot.transport.netty.wire.Sockets;
import io.raftboot.transport.proto.Response;
import io.raftboot.transport.tls.TransportSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transport from its start to its close: the event loop, and all that lives on it.
 *
 * <p>One thread moves all bytes of all connections, so that what the raft stage sends to several peers costs one wake-up, and no
 * state here needs a lock. Host names and snapshot files, which block, have threads of their own that end when there is nothing to do.
 */
final class Endpoint implements TransferHost {
    private static final Logger log = LoggerFactory.getLogger(NettyTransport.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final TransportOptions options;
    private final AgentHost host;
    private final Sockets sockets;
    private final GuardedLoop eventLoop;
    private final Clock clock;
    private final RandomGenerator random;
    private final SideThreads side;
    private final Securing securing;
    private final ErrorGuard guard;
    private final Introductions introductions;
    private final NoticeLog notices;
    private final Conditions conditions;

    /** Says what each message may cause. */
    private final Logger quiet;

    private final LivenessMonitor liveness;
    private final Dialler dialler;
    private final Snapshots snapshots;
    private final Acceptor acceptor;
    private final EventLoopInbox outbox;
    private @Nullable Channel server;
    private final CompletableFuture<Void> closing = new CompletableFuture<>();

    /** Owned by the event loop. */
    private long lastRequestId;

    private final PeerLinks links = new PeerLinks(this);

    /** @param security null for no TLS */
    Endpoint(
            ProcessIdentity self,
            List<OpenGroup> groups,
            TransportOptions options,
            AgentHost host,
            Sockets sockets,
            @Nullable TransportSecurity security) {
        this.options = options;
        this.host = host;
        this.sockets = sockets;
        this.clock = host.clock();
        this.random = host.random();
        this.notices = new NoticeLog(log, clock::nanoTime);
        this.conditions = new Conditions(log, clock::nanoTime);
        this.quiet = new QuietLogger(log, clock::nanoTime, Set.of());
        this.lastRequestId = groups.get(0).identity().run().id();
        String name = "raft-transport-" + self.nodeId();
        guard = new ErrorGuard(error -> groups.forEach(group -> group.listener().failed(error)));
        eventLoop = sockets.loop(host, name, guard);
        side = new SideThreads(host, name, guard);
        securing = new Securing(security, side.tls, eventLoop, notices);
        introductions = new Introductions(self, groups, host.strongRandom());
        liveness = new LivenessMonitor(options, clock);
        dialler = new Dialler(
                eventLoop,
                new NameLookup(side.names, sockets),
                introductions,
                liveness,
                options,
                sockets::connecting,
                securing);
        outbox = new EventLoopInbox(this);
        snapshots = new Snapshots(this, host.strongRandom());
        acceptor = new Acceptor(this, introductions, liveness, snapshots);
    }

    /** Opens the port, if one is given, and begins to look after connections. */
    void start(String host, @Nullable Integer port) throws IOException {
        if (port != null) {
            try {
                server = acceptor.listen(host, port);
            } catch (IOException | RuntimeException | Error e) {
                close();
                throw e;
            }
        }
        securing.start(links::dialNow);
        long interval = options.pingInterval().toNanos();
        Future<?> unused = eventLoop.scheduleWithFixedDelay(
                () -> {
                    liveness.tick();
                    conditions.tick();
                },
                interval,
                interval,
                TimeUnit.NANOSECONDS);
    }

    @Nullable
    Integer port() {
        return server == null ? null : ((InetSocketAddress) server.localAddress()).getPort();
    }

    void clusterIdLearned(long clusterId) {
        introductions.clusterIdLearned(clusterId);
        onEventLoop(links::dialNow);
    }

    PeerLinks links() {
        return links;
    }

    void setPeers(Map<Long, List<PeerAddress>> peers) {
        onEventLoop(() -> links.change(peers));
    }

    EventLoopInbox outbox() {
        return outbox;
    }

    /** @param address where to dial the member if no link to it knows better; null if that is not known */
    void sendSnapshot(OpenGroup group, @Nullable PeerAddress address, OutgoingFile file) {
        snapshots.send(
                group, address == null ? null : links.placeOf(file.message().getTo(), address), file);
    }

    @Override
    public void onFilesThread(Runnable task) {
        side.files.execute(task);
    }

    /** Any thread but its own. */
    void close() {
        if (eventLoop.inEventLoop()) {
            throw new IllegalStateException(
                    "a listener must not close the transport: its thread would wait for itself");
        }
        closing.complete(null);
        snapshots.closing();
        securing.close();
        // Not together with the shutdown, which would end the event loop under what still wants to connect.
        awaitClosed();
        Future<?> unused = eventLoop.shutdownGracefully(0, CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        side.close();
        try {
            boolean ended = eventLoop.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (!side.awaitFiles(CLOSE_TIMEOUT)) {
                side.files.interrupt();
                ended = false;
            }
            if (!ended) {
                log.warn("threads of the transport are still busy {} s after its close", CLOSE_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException e) {
            side.files.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitClosed() {
        try {
            var closed = eventLoop.submit(this::closeAll);
            var outcome = ChannelActions.outcome(closed);
            boolean unused = Uninterrupted.run(() -> host.awaitDone(outcome, CLOSE_TIMEOUT));
            if (closed.cause() != null) {
                log.error("connections could not be closed", closed.cause());
            }
        } catch (RejectedExecutionException e) {
            log.error("connections could not be closed: the transport's thread has ended", e);
        }
    }

    @Override
    public void pause(long nanos) throws InterruptedException {
        boolean unused = host.awaitDone(closing, Duration.ofNanos(nanos));
    }

    /** Whether the calling thread is one of this transport's. */
    boolean isOwnThread() {
        return eventLoop.inEventLoop() || side.isCurrent();
    }

    Clock clock() {
        return clock;
    }

    /** Event loop. */
    RandomGenerator random() {
        return random;
    }

    @Override
    public boolean closed() {
        return closing.isDone();
    }

    @Override
    public TransportOptions options() {
        return options;
    }

    @Override
    public AgentHost process() {
        return host;
    }

    Securing securing() {
        return securing;
    }

    Sockets sockets() {
        return sockets;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    @Override
    public ErrorGuard guard() {
        return guard;
    }

    /** Goes on from the id of the run, so that no two connections have a request of the same id, nor two runs. */
    long nextRequestId() {
        return ++lastRequestId;
    }

    @Override
    public long selfId() {
        return self().nodeId();
    }

    /** The groups that this process takes part in. */
    List<OpenGroup> groups() {
        return introductions.groups();
    }

    ProcessIdentity self() {
        return introductions.self();
    }

    @Override
    public NoticeLog notices() {
        return notices;
    }

    Conditions conditions() {
        return conditions;
    }

    @Override
    public Dialler dialler() {
        return dialler;
    }

    @Nullable
    PeerLink link(long peerId) {
        return links.of(peerId);
    }

    /** The connection this side dialled, or else the one that the other side did. */
    @Nullable
    StreamConnection connectionTo(long peerId) {
        PeerLink link = links.of(peerId);
        StreamConnection dialled = link == null ? null : link.connection();
        return dialled != null ? dialled : acceptor.connectionOf(peerId);
    }

    /** The connection that the other side dialled. */
    @Nullable
    StreamConnection openedBy(long peerId) {
        return acceptor.connectionOf(peerId);
    }

    Snapshots snapshots() {
        return snapshots;
    }

    /** A member that can't dial this one has a snapshot for it. Who is no peer has no address; it does not invite, but dials. */
    void invited(ServedGroup served, long ticket) {
        PeerLink link = links.of(served.remote().nodeId());
        if (link != null) {
            snapshots.fetch(served, link.address(), ticket);
        }
    }

    @Override
    public @Nullable OpenedStream openedByUnreachable(OpenGroup group, long peerId) {
        PeerLink link = links.of(peerId);
        StreamConnection opened = acceptor.connectionOf(peerId);
        GroupLane lane = opened == null || (link != null && link.connection() != null) ? null : opened.lane(group);
        return opened == null || lane == null ? null : new OpenedStream(lane.served(), opened::say);
    }

    void answer(StreamConnection connection, GroupLane lane, Response response) {
        outbox.answer(connection, lane, response);
    }

    /** Calls the group's listener; what it throws must not take a connection down. False if it threw. */
    boolean tell(OpenGroup group, Consumer<TransportListener> call) {
        if (closed()) {
            return false;
        }
        try {
            call.accept(group.listener());
            return true;
        } catch (RuntimeException e) {
            quiet.error("the listener of the transport failed", e);
            return false;
        } catch (Error e) {
            guard.caught(e);
            return false;
        }
    }

    /** As {@link #tell}, each of the groups that were agreed on, with the other side of it. */
    void tellEach(Meeting meeting, BiConsumer<TransportListener, RemoteMember> call) {
        meeting.groups().forEach(served -> tell(served.group(), listener -> call.accept(listener, served.remote())));
    }

    /** As {@link #tell}, all groups. */
    void tellAll(Consumer<TransportListener> call) {
        groups().forEach(group -> tell(group, call));
    }

    @Override
    public void onEventLoop(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            if (!closed()) {
                throw e;
            }
            log.debug("closed: nothing is done any more");
        }
    }

    /** All of it, whatever of it fails: what is left open would be nobody's. */
    private void closeAll() {
        Channel listening = server;
        if (listening != null) {
            guard.run(() -> ChannelActions.close(listening));
        }
        links.closeAll();
        guard.run(acceptor::close);
        guard.run(snapshots::close);
        guard.run(outbox::close);
        guard.run(eventLoop::closeChannels);
    }
}
