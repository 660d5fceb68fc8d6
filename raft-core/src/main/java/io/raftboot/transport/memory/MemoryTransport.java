package io.raftboot.transport.memory;

import com.google.protobuf.ByteString;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.MemberIds;
import io.raftboot.transport.PeerMessages;
import io.raftboot.transport.Reach;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** One member's end of a {@link MemoryNetwork}. */
final class MemoryTransport implements Transport {
    /** That of nobody. */
    private static final Long NO_INCARNATION = 0L;

    private final Logger log = QuietLogger.of(MemoryTransport.class);
    private static final int CHUNK_BYTES = 64 * 1024;

    private record Running(LocalMember self, TransportListener listener) {}

    private final MemoryNetwork network;
    private final long nodeId;
    private volatile @Nullable Running running;
    private volatile Map<Long, String> peers = Map.of();

    /** Incarnations by id of those that {@code connected} was called for; changed by the delivery thread only. */
    private final Map<Long, Long> connections = new ConcurrentSkipListMap<>();

    MemoryTransport(MemoryNetwork network, long nodeId) {
        this.network = network;
        this.nodeId = nodeId;
    }

    long nodeId() {
        return nodeId;
    }

    @Override
    public void start(LocalMember self, TransportListener listener) throws IOException {
        if (self.nodeId() != nodeId) {
            throw new IllegalArgumentException("joined the network as " + nodeId + ", not as " + self.nodeId());
        }
        if (running != null) {
            throw new IllegalStateException("runs already");
        }
        running = new Running(self, listener);
        try {
            network.started(this);
        } catch (IOException e) {
            running = null;
            throw e;
        }
    }

    @Override
    public void clusterIdLearned(long clusterId) {
        Running now = running;
        if (now != null) {
            running = new Running(now.self.withClusterId(clusterId), now.listener);
            network.recheck();
        }
    }

    @Override
    public void setPeers(Map<Long, String> addresses) {
        if (addresses.containsKey(nodeId)) {
            throw new IllegalArgumentException("the peers must not hold this member, " + nodeId);
        }
        // Sorted, so that the order in which they are connected is the same in each run.
        peers = Collections.unmodifiableMap(new TreeMap<>(addresses));
        network.recheck();
    }

    @Override
    public void send(List<Message> messages) {
        Map<Long, List<Message>> byTarget = new LinkedHashMap<>();
        for (Message message : messages) {
            byTarget.computeIfAbsent(message.getTo(), to -> new ArrayList<>()).add(message);
        }
        byTarget.forEach(this::send);
    }

    private void send(long to, List<Message> messages) {
        MemoryTransport target = connected(to);
        if (target == null) {
            network.onDelivery(() -> tell(listener -> listener.unreachable(to)));
            return;
        }
        for (Message message : messages) {
            if (!PeerMessages.mayCome(message, nodeId, to)) {
                log.warn(
                        "member {} sent a message that no member sends to {}; dropped it: {}",
                        nodeId,
                        to,
                        message.getType());
                continue;
            }
            // One by one, so that each may be lost; a transport over sockets hands over as many as arrive together.
            deliver(to, target, listener -> listener.messages(nodeId, List.of(message)));
        }
    }

    @Override
    public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
        CompletableFuture<ByteString> answer = new CompletableFuture<>();
        MemoryTransport target = connected(to);
        if (target == null) {
            answer.completeExceptionally(TransportException.notSent("no connection to member " + to));
            return answer;
        }
        CompletableFuture<ByteString> response = new CompletableFuture<>();
        CompletableFuture<?> unused = response.whenComplete((value, failure) -> network.deliver(to, nodeId, () -> {
            if (network.reachable(to, nodeId) != this) {
                return;
            }
            if (failure != null) {
                answer.completeExceptionally(TransportException.maybeSent(String.valueOf(failure.getMessage())));
            } else {
                answer.complete(value);
            }
        }));
        network.deliver(nodeId, to, () -> target.tell(listener -> listener.request(nodeId, payload, response)));
        network.after(
                timeout,
                () -> answer.completeExceptionally(
                        new TimeoutException("no answer from member " + to + " within " + timeout)));
        return answer;
    }

    @Override
    public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            network.onFiles(() -> {
                try (source) {
                    transfer(snapshotMessage, source);
                    done.complete(null);
                } catch (IOException | RuntimeException e) {
                    done.completeExceptionally(e);
                } catch (Error e) {
                    done.completeExceptionally(e);
                    failed(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            source.close();
            done.completeExceptionally(TransportException.notSent("the network is closed"));
        }
        return done;
    }

    private void transfer(Message snapshotMessage, SnapshotSource source) throws IOException {
        long to = snapshotMessage.getTo();
        MemoryTransport target = network.isClosed() ? null : connected(to);
        Running there = target == null ? null : target.running;
        if (target == null || there == null) {
            throw TransportException.notSent("no connection to member " + to);
        }
        if (!PeerMessages.mayOffer(snapshotMessage, nodeId, to)) {
            throw TransportException.notSent("member " + nodeId + " offered what is no snapshot of its own for " + to);
        }
        try (SnapshotSink sink = there.listener.snapshot(nodeId, snapshotMessage, source.length())) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
            for (long offset = sink.offset(); offset < source.length(); ) {
                int length = source.read(offset, chunk.clear());
                if (connected(to) != target || !there.equals(target.running)) {
                    throw TransportException.maybeSent("connection to member " + to + " lost");
                }
                sink.write(chunk.flip());
                offset += length;
            }
            sink.finish();
        }
        there.listener.snapshotReceived(nodeId, snapshotMessage);
    }

    @Override
    public Map<Long, Reach> reach() {
        var reach = new HashMap<Long, Reach>();
        for (long peer : peers.keySet()) {
            boolean dialled = connections.containsKey(peer);
            reach.put(peer, dialled ? Reach.DIALLED : connected(peer) != null ? Reach.ACCEPTED_ONLY : Reach.NONE);
        }
        return reach;
    }

    /** What was connected is not any more when the network looks the next time, and is tried anew. */
    @Override
    public void disconnect(long peerId) {
        connections.replace(peerId, NO_INCARNATION);
        MemoryTransport target = network.reachable(nodeId, peerId);
        if (target != null) {
            target.connections.replace(nodeId, NO_INCARNATION);
        }
    }

    @Override
    public @Nullable Integer port() {
        return null;
    }

    @Override
    public boolean isOwnThread() {
        return network.isOwnThread();
    }

    @Override
    public void close() {
        if (running != null) {
            running = null;
            network.closed(this);
        }
    }

    boolean isRunning() {
        return running != null;
    }

    /** Delivery thread: tells the listener about connections that came or went. */
    void recheck() {
        if (running == null) {
            connections.clear();
            return;
        }
        connections.keySet().retainAll(peers.keySet());
        for (long peer : peers.keySet()) {
            Long before = connections.get(peer);
            Long now = incarnationAt(peer);
            if (before != null && !before.equals(now)) {
                connections.remove(peer);
                var cause = now == null ? network.causeOfLoss(nodeId, peer) : Disconnect.REFUSED_AT_RECONNECT;
                tell(listener -> listener.unreachable(peer));
                tell(listener -> listener.disconnected(peer, cause));
            }
            if (now != null && !now.equals(before)) {
                connectUnlessRefused(peer, now);
            }
        }
    }

    private @Nullable Long incarnationAt(long peer) {
        MemoryTransport target = network.reachable(nodeId, peer);
        Running there = target == null ? null : target.running;
        return there == null ? null : (Long) there.self.incarnation();
    }

    private void connectUnlessRefused(long peer, long incarnation) {
        MemoryTransport target = network.reachable(nodeId, peer);
        Running here = running;
        Running there = target == null ? null : target.running;
        if (target == null || here == null || there == null) {
            return;
        }
        String byThisSide = refusal(here, there.self);
        String refusal = byThisSide != null ? byThisSide : refusal(there, here.self);
        if (refusal != null) {
            // Not one of another cluster, of whom the listener is not asked.
            if (byThisSide != null && byThisSide.equals(here.listener.refuse(asRemote(there.self)))) {
                tell(listener -> listener.turnedAway(asRemote(there.self)));
            }
            tell(listener -> listener.refused(peer, refusal));
            if (there.listener.knowsOtherDirectory(asRemote(here.self))) {
                tell(listener -> listener.otherDirectoryKnown(peer));
            }
        } else if (here.self.clusterId() == 0 || there.self.clusterId() == 0) {
            tell(listener -> listener.unsettled(asRemote(there.self)));
            tell(listener -> listener.refused(peer, "waits for one of the two to learn the id of its cluster"));
        } else {
            connections.put(peer, incarnation);
            target.tell(listener -> listener.introduced(asRemote(here.self)));
            tell(listener -> listener.introduced(asRemote(there.self)));
            tell(listener -> listener.connected(peer, incarnation));
        }
    }

    private static RemoteMember asRemote(LocalMember member) {
        return new RemoteMember(member.process(), member.group());
    }

    /** The target, if there is a connection, dialled from either side, and what is sent now can get there. */
    private @Nullable MemoryTransport connected(long to) {
        MemoryTransport target = network.reachable(nodeId, to);
        boolean connected = running != null
                && target != null
                && (connections.containsKey(to) || target.connections.containsKey(nodeId));
        return connected ? target : null;
    }

    /** Delivers what was sent, if it can still get there. */
    private void deliver(long to, MemoryTransport target, Consumer<TransportListener> call) {
        network.deliver(nodeId, to, () -> {
            if (network.reachable(nodeId, to) == target) {
                target.tell(call);
            }
        });
    }

    private static @Nullable String refusal(Running one, LocalMember other) {
        LocalMember self = one.self;
        if (!MemberIds.isMember(other.nodeId())) {
            return "node id " + other.nodeId()
                    + " is none that a member has; node ids are whole numbers from 1 upwards";
        }
        boolean sameCluster = self.clusterId() == other.clusterId() || self.clusterId() == 0 || other.clusterId() == 0;
        if (!sameCluster || !self.group().name().equals(other.group().name())) {
            return "members " + self.nodeId() + " and " + other.nodeId() + " are not of one cluster and group";
        }
        return one.listener.refuse(asRemote(other));
    }

    private void tell(Consumer<TransportListener> call) {
        Running now = running;
        if (now == null) {
            return;
        }
        try {
            call.accept(now.listener);
        } catch (RuntimeException e) {
            log.error("listener of member {} failed", nodeId, e);
        } catch (Error e) {
            failed(e);
        }
    }

    private void failed(Error error) {
        Running now = running;
        if (now != null) {
            new ErrorGuard(now.listener::failed).caught(error);
        }
    }
}
