package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Clock;
import io.raftboot.notice.Conditions;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.Reach;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.proto.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
final class Endpoint {
    private static final Logger log = LoggerFactory.getLogger(NettyTransport.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final TransportOptions options;
    private final TransportLoop eventLoop;
    private final Clock clock;
    private final RandomGenerator random;
    private final BlockingThreads names;
    private final BlockingThreads files;
    private final ErrorGuard guard;
    private final Introductions introductions;
    private final NoticeLog notices;
    private final Conditions conditions;

    /** Says what each message may cause. */
    private final Logger quiet;

    private final LivenessMonitor liveness;
    private final Dialler dialler;
    private final SnapshotReceptions receptions;
    private final SnapshotInvitations invitations;
    private final Acceptor acceptor;
    private final EventLoopInbox outbox;
    private @Nullable Channel server;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final UntilClosed untilClosed = new UntilClosed();

    /** Owned by the event loop. */
    private long lastRequestId;

    /** Changed on the event loop only. */
    private final Map<Long, PeerLink> links = new HashMap<>();

    /** As of the last change. */
    private volatile Map<Long, Reach> reach = Map.of();

    /** As of the last attempts to connect. */
    private volatile Map<Long, String> obstacles = Map.of();

    /** @param groups those that the process takes part in, at least one */
    Endpoint(ProcessIdentity self, List<OpenGroup> groups, TransportOptions options, AgentHost host) {
        this.options = options;
        this.clock = host.clock();
        this.random = host.random();
        this.notices = new NoticeLog(log, clock::nanoTime);
        this.conditions = new Conditions(log, clock::nanoTime);
        this.quiet = new QuietLogger(log, clock::nanoTime, Set.of());
        this.lastRequestId = groups.get(0).identity().run().id();
        String name = "raft-transport-" + self.nodeId();
        guard = new ErrorGuard(error -> groups.forEach(group -> group.listener().failed(error)));
        eventLoop = new TransportLoop(host.threads(name), guard);
        names = new BlockingThreads(host, name + "-names", guard);
        files = new BlockingThreads(host, name + "-files", guard);
        introductions = new Introductions(self, groups, host.strongRandom());
        liveness = new LivenessMonitor(options, clock);
        invitations = new SnapshotInvitations(host.strongRandom());
        dialler = new Dialler(eventLoop, new NameLookup(names), introductions, liveness, options);
        outbox = new EventLoopInbox(this);
        receptions = new SnapshotReceptions(this);
        acceptor = new Acceptor(this, introductions, liveness, receptions, invitations);
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
        onEventLoop(() -> links.values().forEach(PeerLink::dialNow));
    }

    Map<Long, Reach> reach() {
        return reach;
    }

    Map<Long, String> obstacles() {
        return obstacles;
    }

    void setPeers(Map<Long, PeerAddress> peers) {
        onEventLoop(() -> changePeers(peers));
    }

    void send(OpenGroup group, List<Message> messages) {
        outbox.send(group, messages);
    }

    void request(OpenGroup group, long to, ByteString payload, CompletableFuture<ByteString> answer, Duration timeout) {
        outbox.ask(group, to, payload, answer, timeout);
    }

    /** @param address where to dial the member; null if that is not known */
    void sendSnapshot(OpenGroup group, @Nullable PeerAddress address, OutgoingFile file) {
        try {
            onFilesThread(new SnapshotTransfer(this, group, address, file));
        } catch (RejectedExecutionException e) {
            file.source().close();
            file.done()
                    .completeExceptionally(TransportException.notSent(
                            closed() ? "the transport is not running" : String.valueOf(e.getMessage())));
        }
    }

    /**
     * Runs what blocks, for the sake of a snapshot's file.
     *
     * @throws RejectedExecutionException if the transport is closed, or there is no thread to be had
     */
    void onFilesThread(Runnable task) {
        files.execute(task);
    }

    /** Any thread but its own. */
    void close() {
        if (eventLoop.inEventLoop()) {
            throw new IllegalStateException(
                    "a listener must not close the transport: its thread would wait for itself");
        }
        closing.countDown();
        untilClosed.close();
        // Not together with the shutdown, which would end the event loop under what still wants to connect.
        awaitClosed();
        Future<?> unused = eventLoop.shutdownGracefully(0, CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        names.close(); // a lookup can't be interrupted; its thread does nothing after it
        files.close(); // not interrupted at once: that would close the file under whoever is writing it
        try {
            boolean ended = eventLoop.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (!files.awaitEnd(CLOSE_TIMEOUT)) {
                files.interrupt();
                ended = false;
            }
            if (!ended) {
                log.warn("threads of the transport are still busy {} s after its close", CLOSE_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException e) {
            files.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitClosed() {
        try {
            var closed = eventLoop.submit(this::closeAll);
            closed.awaitUninterruptibly(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (closed.cause() != null) {
                log.error("connections could not be closed", closed.cause());
            }
        } catch (RejectedExecutionException e) {
            log.error("connections could not be closed: the transport's thread has ended", e);
        }
    }

    /** Waits, but not beyond the close. */
    void pause(long nanos) throws InterruptedException {
        boolean unused = closing.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** What threads wait for, which the close ends. */
    UntilClosed untilClosed() {
        return untilClosed;
    }

    /** Whether the calling thread is one of this transport's. */
    boolean isOwnThread() {
        return eventLoop.inEventLoop() || names.isCurrent() || files.isCurrent();
    }

    Clock clock() {
        return clock;
    }

    /** Event loop. */
    RandomGenerator random() {
        return random;
    }

    boolean closed() {
        return closing.getCount() == 0;
    }

    TransportOptions options() {
        return options;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    ErrorGuard guard() {
        return guard;
    }

    /** Goes on from the id of the run, so that no two connections have a request of the same id, nor two runs. */
    long nextRequestId() {
        return ++lastRequestId;
    }

    /** The groups that this process takes part in. */
    List<OpenGroup> groups() {
        return introductions.groups();
    }

    ProcessIdentity self() {
        return introductions.self();
    }

    NoticeLog notices() {
        return notices;
    }

    /** How the peers can be reached. */
    Conditions conditions() {
        return conditions;
    }

    Dialler dialler() {
        return dialler;
    }

    @Nullable
    PeerLink link(long peerId) {
        return links.get(peerId);
    }

    /** The connection this side dialled, or else the one that the other side did. */
    @Nullable
    StreamConnection connectionTo(long peerId) {
        PeerLink link = links.get(peerId);
        StreamConnection dialled = link == null ? null : link.connection();
        return dialled != null ? dialled : acceptor.connectionOf(peerId);
    }

    /** The connection that the other side dialled. */
    @Nullable
    StreamConnection openedBy(long peerId) {
        return acceptor.connectionOf(peerId);
    }

    SnapshotInvitations invitations() {
        return invitations;
    }

    /** A member that can't dial this one has a snapshot for it. */
    void fetchSnapshot(ServedGroup served, long ticket) {
        SnapshotFetch.begin(this, receptions, served, ticket);
    }

    /** A connection came or went, or could not be made. */
    void reachChanged() {
        Map<Long, Reach> now = new HashMap<>();
        Map<Long, String> missing = new HashMap<>();
        links.forEach((peerId, link) -> {
            Reach otherwise = acceptor.connectionOf(peerId) != null ? Reach.ACCEPTED_ONLY : Reach.NONE;
            now.put(peerId, link.connection() != null ? Reach.DIALLED : otherwise);
            String obstacle = link.obstacle();
            if (obstacle != null && now.get(peerId) == Reach.NONE) {
                missing.put(peerId, obstacle);
            }
        });
        reach = Map.copyOf(now);
        obstacles = Map.copyOf(missing);
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

    void onEventLoop(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            if (!closed()) {
                throw e;
            }
            log.debug("closed: nothing is done any more");
        }
    }

    private void changePeers(Map<Long, PeerAddress> peers) {
        if (closed()) {
            return;
        }
        Map<Long, PeerLink> gone = new HashMap<>(links);
        peers.forEach((peerId, address) -> {
            PeerLink link = gone.get(peerId);
            if (link != null && link.address().equals(address)) {
                gone.remove(peerId);
            }
        });
        gone.forEach((peerId, link) -> {
            links.remove(peerId);
            link.close();
            if (peers.containsKey(peerId)) {
                link.tellAnnounced(told -> told.unreachable(peerId));
                link.tellAnnounced(told -> told.disconnected(peerId, Disconnect.OTHER));
            }
        });
        peers.forEach((peerId, address) -> {
            if (!links.containsKey(peerId)) {
                PeerLink link = new PeerLink(this, peerId, address);
                links.put(peerId, link);
                link.dial();
                StreamConnection opened = acceptor.connectionOf(peerId);
                if (opened != null) {
                    link.peerOpened(opened.meeting());
                }
            }
        });
        reachChanged();
    }

    /** All of it, whatever of it fails: what is left open would be nobody's. */
    private void closeAll() {
        Channel listening = server;
        if (listening != null) {
            guard.run(() -> ChannelActions.close(listening));
        }
        links.values().forEach(link -> guard.run(link::close));
        links.clear();
        guard.run(acceptor::close);
        guard.run(outbox::close);
        guard.run(eventLoop::closeChannels);
    }
}
