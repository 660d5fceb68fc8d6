package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.ForwardingTransport;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One frame of a peer that lies stops no member: it is named and counted, and its connection is closed. Over real sockets. */
class LyingPeerTests {
    private static final long LIAR = 2;
    private static final long TERM = 5;
    private static final TransportOptions QUICK = TransportOptions.builder()
            .reconnectDelay(Duration.ofMillis(5), Duration.ofMillis(20))
            .build();

    private static final ReplicaStatus.RefusedMessages NOTHING = new ReplicaStatus.RefusedMessages(0, "");

    @TempDir
    Path dir;

    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        replicas.values().forEach(Replica::stop);
    }

    /** What is said, and what it is refused for. */
    private record Lie(Message.Builder message, String reason) {}

    private static Message.Builder said(MessageType type) {
        return Message.newBuilder().setType(type).setFrom(LIAR).setTo(1).setTerm(TERM);
    }

    private static List<Lie> lies() {
        var gap = Entry.newBuilder().setIndex(77).setTerm(1);
        var read = Entry.newBuilder().setData(ByteString.copyFromUtf8("read"));
        return Stream.of(
                        new Lie(said(MessageType.MSG_HEARTBEAT).setCommit(1000), "commit 1000 is beyond the end"),
                        new Lie(said(MessageType.MSG_HEARTBEAT).setCommit(-1), "out of range"),
                        new Lie(said(MessageType.MSG_HEARTBEAT).setTerm(0), "it has no term"),
                        new Lie(said(MessageType.MSG_APP).setTerm(0), "it has no term"),
                        new Lie(said(MessageType.MSG_APP_RESP).setTerm(0).setIndex(1000), "it has no term"),
                        new Lie(said(MessageType.MSG_APP).addEntries(gap), "does not follow"),
                        new Lie(said(MessageType.MSG_VOTE).setTerm(1L << 40), "none that this group can have come to"),
                        new Lie(said(MessageType.MSG_READ_INDEX).addEntries(read), "a read that has a term"),
                        new Lie(said(MessageType.MSG_READ_INDEX).setTerm(0), "a read has one entry"),
                        new Lie(said(MessageType.MSG_APP).setFrom(3), "not in its own name"),
                        new Lie(said(MessageType.MSG_PROP), "none between members"),
                        new Lie(said(MessageType.MSG_SNAP), "none between members"),
                        new Lie(said(MessageType.MSG_STORAGE_APPEND_RESP), "none between members"))
                .toList();
    }

    @Test
    void eachLieIsNamedCountedAndAnsweredByClosingTheConnection() throws IOException {
        var peers = FreePeers.of(2);
        var member = replica(peers.get(0), peers);
        member.start();
        try (var liar = new Liar(peers)) {
            liar.awaitConnections(1);
            liar.say(said(MessageType.MSG_HEARTBEAT));
            await().until(() -> status(member).leaderId() != null);
            int count = 0;
            for (Lie lie : lies()) {
                int before = liar.connections.get();
                liar.say(lie.message);
                count++;
                long expected = count;
                await().untilAsserted(() -> {
                    var refused = status(member).refusedMessages().getOrDefault(LIAR, NOTHING);
                    assertThat(refused.count()).as("%s", lie).isEqualTo(expected);
                    assertThat(refused.last())
                            .contains(lie.message.getType() + ": ")
                            .contains(lie.reason);
                });
                liar.awaitConnections(before + 1);
                assertThat(EventLines.of(member.memberEvents(), EventType.REFUSAL))
                        .filteredOn(line -> line.startsWith("WARNING node 2 sent a message that no member sends, "))
                        .as("one by one, as far as so few are")
                        .hasSize(Math.min(count, 10));
            }
            assertThat(closed).hasSize(count).containsOnly("1 closed 2");
        }
        var status = status(member);
        assertThat(status.state()).isEqualTo(ReplicaState.RUNNING);
        assertThat(status.term()).isLessThan(100);
        assertThat(member.failure()).isNull();
    }

    @Test
    void followerThatIsTenThousandEntriesBehindCatchesUpWithoutAClosedConnection() throws IOException {
        var peers = FreePeers.of(3);
        for (Peer peer : peers) {
            replicas.put(peer.id(), replica(peer, peers));
        }
        replicas.values().forEach(Replica::start);
        await().atMost(TestCluster.PATIENCE)
                .until(() -> replicas.values().stream().anyMatch(Replica::isLeader));
        var leader =
                replicas.values().stream().filter(Replica::isLeader).findFirst().orElseThrow();
        var behind = replicas.values().stream()
                .filter(one -> !one.equals(leader))
                .findFirst()
                .orElseThrow();
        behind.stop();
        var outcomes = new ArrayList<CompletableFuture<Outcome>>();
        for (int i = 0; i < 10_000; i++) {
            outcomes.add(leader.submit(LedgerMachine.NAME, "a".getBytes(UTF_8), TestCluster.PATIENCE));
        }
        outcomes.forEach(outcome -> assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class));
        behind.start();
        await().atMost(TestCluster.PATIENCE).until(() -> status(behind).appliedIndex() > 10_000);
        assertThat(closed).isEmpty();
        replicas.values()
                .forEach(one -> assertThat(status(one).refusedMessages()).isEmpty());
    }

    private static ReplicaStatus status(Replica member) {
        return TestCluster.get(member.status());
    }

    private Replica replica(Peer self, List<Peer> peers) {
        var config = ReplicaConfig.builder(dir.resolve("node" + self.id()))
                .nodeId(self.id())
                .peers(peers)
                .walSegmentSizeBytes(1024 * 1024)
                .build();
        var raftConfig = RaftConfig.builder()
                .id(self.id())
                .electionTicks(10)
                .heartbeatTicks(1)
                .preVote(true)
                .checkQuorum(true)
                .build();
        var transport = watched(self.id(), new NettyTransport(self.host(), self.port(), QUICK));
        var machine = new LedgerMachine();
        var replica = new Replica(config, raftConfig, transport, () -> Map.of(LedgerMachine.NAME, machine));
        replicas.put(self.id(), replica);
        return replica;
    }

    private Transport watched(long id, Transport transport) {
        return new ForwardingTransport(transport) {
            @Override
            public void disconnect(long peerId) {
                closed.add(id + " closed " + peerId);
                super.disconnect(peerId);
            }
        };
    }

    /** A member as far as anybody can see, with nothing but a transport. */
    private static final class Liar implements AutoCloseable, TransportListener {
        private final CompletableFuture<Long> clusterId = new CompletableFuture<>();
        private final AtomicInteger connections = new AtomicInteger();
        private final NettyTransport transport;

        Liar(List<Peer> peers) throws IOException {
            transport = new NettyTransport("127.0.0.1", peers.get(1).port(), QUICK);
            transport.setPeers(Map.of(1L, "127.0.0.1:" + peers.get(0).port()));
            transport.start(new LocalMember(0, "default", LIAR, 7, ""), this);
            transport.clusterIdLearned(TestCluster.get(clusterId));
        }

        void say(Message.Builder message) {
            transport.send(List.of(message.build()));
        }

        void awaitConnections(int count) {
            await().until(() -> connections.get() >= count);
        }

        @Override
        public void messages(long from, List<Message> messages) {}

        @Override
        public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {
            response.complete(ByteString.EMPTY);
        }

        @Override
        public void unreachable(long peerId) {}

        @Override
        public void connected(long peerId, long incarnation) {
            connections.incrementAndGet();
        }

        @Override
        public void disconnected(long peerId, Disconnect cause) {}

        @Override
        public void unsettled(RemoteMember remote) {
            clusterId.complete(remote.clusterId());
        }

        @Override
        public SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException {
            throw new IOException("none wanted");
        }

        @Override
        public void snapshotReceived(long from, Message snapshotMessage) {}

        @Override
        public @Nullable String refuse(RemoteMember remote) {
            return null;
        }

        @Override
        public void close() {
            transport.close();
        }
    }
}
