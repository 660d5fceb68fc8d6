package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.storage.proto.SnapshotDescriptor;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.ForwardingTransport;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody at the port of a running member, over real sockets: whatever it says, the member goes on. */
class DoorTests {
    private static final long[] ODD = {
        0, 1, 2, 3, -1, -2, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + 1, 1L << 33, 1000
    };
    private static final List<MessageType> TYPES = List.of(MessageType.values());
    private static final int RANDOM_MESSAGES = 3000;

    @TempDir
    Path dir;

    private final LedgerMachine machine = new LedgerMachine();
    private final NettyTransport transport = new NettyTransport("127.0.0.1", 0, TransportOptions.defaults());
    private Replica replica;

    private Replica newReplica() {
        var raft = RaftConfig.builder()
                .id(1)
                .electionTicks(20)
                .heartbeatTicks(2)
                .preVote(true)
                .checkQuorum(true)
                .build();
        return new Replica(
                ReplicaConfig.builder(dir.resolve("node1"))
                        .nodeId(1)
                        .walSegmentSizeBytes(1 << 20)
                        .build(),
                raft,
                patient(),
                () -> Map.of(LedgerMachine.NAME, machine));
    }

    /** Lets a stranger go on when it has said what no member says, so that all that comes behind it is heard as well. */
    private Transport patient() {
        return new ForwardingTransport(transport) {
            @Override
            public void disconnect(long peerId) {}
        };
    }

    @BeforeEach
    void start() {
        replica = newReplica();
        replica.start();
        submit("a");
    }

    @AfterEach
    void stop() {
        replica.stop();
    }

    private void submit(String command) {
        var outcome =
                TestCluster.get(replica.submit(LedgerMachine.NAME, command.getBytes(UTF_8), TestCluster.PATIENCE));
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    }

    private long term() {
        return TestCluster.get(replica.status()).term();
    }

    /** What anybody finds out who asks. */
    private long clusterId() {
        try (var asking = new Stranger(0, 9, transport)) {
            return TestCluster.get(asking.unsettled).clusterId();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -2, -77, Long.MIN_VALUE})
    void nobodyComesInAsTheOwnStorage(long id) {
        for (long cluster : new long[] {0, clusterId()}) {
            try (var stranger = new Stranger(cluster, id, transport)) {
                assertThat(TestCluster.get(stranger.refused)).contains("Node ids are whole numbers from 1 upwards");
                stranger.transport.send(List.of(Message.newBuilder()
                        .setType(MessageType.MSG_STORAGE_APPLY_RESP)
                        .setFrom(id)
                        .setTo(1)
                        .addEntries(Entry.newBuilder().setIndex(1000).setTerm(2))
                        .build()));
                assertThat(stranger.connected).isNotDone();
            }
        }
        submit("b");
    }

    @Test
    void whoHasNoClusterMovesNothing() {
        long term = term();
        try (var stranger = new Stranger(0, 9, transport)) {
            assertThat(TestCluster.get(stranger.refused)).contains("id of its cluster");
            for (MessageType type : MessageType.values()) {
                stranger.transport.send(List.of(plausible(type, 9).build()));
            }
            assertThatThrownBy(() -> stranger.transport
                            .request(1, ByteString.EMPTY, TestCluster.PATIENCE)
                            .get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("no connection");
            assertThat(stranger.connected).isNotDone();
        }
        submit("b");
        assertThat(term()).isEqualTo(term);
    }

    private static Message.Builder plausible(MessageType type, long from) {
        return Message.newBuilder()
                .setType(type)
                .setFrom(from)
                .setTo(1)
                .setTerm(3)
                .setLogTerm(2)
                .setIndex(2)
                .setCommit(2);
    }

    private static List<Message> oddMessages(long from) {
        var messages = new ArrayList<Message>();
        for (MessageType type : MessageType.values()) {
            for (long odd : ODD) {
                messages.add(plausible(type, from).setTerm(odd).build());
                messages.add(plausible(type, from).setLogTerm(odd).build());
                messages.add(plausible(type, from).setIndex(odd).build());
                messages.add(plausible(type, from).setCommit(odd).build());
                messages.add(plausible(type, from)
                        .setIndex(odd)
                        .setReject(true)
                        .setRejectHint(odd)
                        .build());
                messages.add(plausible(type, from).setFrom(odd).build());
                messages.add(plausible(type, from).setTo(odd).build());
                messages.add(plausible(type, from).addEntries(entry(odd, 3)).build());
                messages.add(plausible(type, from).addEntries(entry(3, odd)).build());
                messages.add(plausible(type, from)
                        .addEntries(entry(3, 3))
                        .addEntries(entry(odd, 3))
                        .build());
                messages.add(plausible(type, from)
                        .setSnapshot(snapshot(odd, odd, ConfState.getDefaultInstance()))
                        .build());
                messages.add(plausible(type, from)
                        .setSnapshot(snapshot(
                                50, 3, ConfState.newBuilder().addVoters(odd).build()))
                        .build());
                messages.add(plausible(type, from)
                        .addResponses(plausible(MessageType.MSG_STORAGE_APPEND_RESP, odd))
                        .build());
                messages.add(plausible(type, from)
                        .setContext(ByteString.copyFromUtf8("CampaignTransfer" + odd))
                        .build());
            }
        }
        return messages;
    }

    private static List<Message> randomMessages(long from, Random random) {
        var messages = new ArrayList<Message>();
        for (int i = 0; i < RANDOM_MESSAGES; i++) {
            var type = TYPES.get(random.nextInt(TYPES.size()));
            var message = Message.newBuilder()
                    .setType(type)
                    .setFrom(from)
                    .setTo(1)
                    .setTerm(odd(random))
                    .setLogTerm(odd(random))
                    .setIndex(odd(random))
                    .setCommit(odd(random))
                    .setReject(random.nextBoolean())
                    .setRejectHint(odd(random));
            for (int n = random.nextInt(3); n > 0; n--) {
                message.addEntries(entry(odd(random), odd(random)));
            }
            messages.add(message.build());
        }
        return messages;
    }

    private static long odd(Random random) {
        return random.nextBoolean() ? random.nextInt(6) : ODD[random.nextInt(ODD.length)];
    }

    private static Entry.Builder entry(long index, long term) {
        return Entry.newBuilder()
                .setType(EntryType.ENTRY_NORMAL)
                .setIndex(index)
                .setTerm(term);
    }

    private static Snapshot snapshot(long index, long term, ConfState configuration) {
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(index)
                        .setTerm(term)
                        .setConfState(configuration))
                .build();
    }

    /** Whoever is of the cluster by its own account may disturb it; it stops nobody. */
    @Test
    void noMessageStopsAMember() {
        long seed = 20;
        try (var stranger = new Stranger(clusterId(), 9, transport)) {
            assertThat(TestCluster.get(stranger.connected)).isEqualTo(1L);
            stranger.say(oddMessages(9));
            stranger.say(randomMessages(9, new Random(seed)));
            // The last of all shows that they have been read; what counts is that the core goes on.
            assertThatThrownBy(() -> stranger.transport
                            .request(1, ByteString.EMPTY, TestCluster.PATIENCE)
                            .get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("does not know");
            assertThat(TestCluster.get(replica.status()).state()).isEqualTo(ReplicaState.RUNNING);
        }
        await().atMost(TestCluster.PATIENCE).until(replica::isLeader);
        submit("b");
        assertThat(machine.commands()).containsExactly("a", "b");
        assertThat(replica.failure()).isNull();
    }

    @Test
    void snapshotThatCanNotBeOneIsDeclinedBeforeThereIsAFile() throws IOException {
        var voters = ConfState.newBuilder().addVoters(1).addVoters(9).build();
        try (var stranger = new Stranger(clusterId(), 9, transport)) {
            assertThat(TestCluster.get(stranger.connected)).isEqualTo(1L);
            for (long odd : new long[] {0, -1, Long.MIN_VALUE}) {
                stranger.assertDeclined(described(odd, 3, voters, 1, 100), 100, "can't be one of this group");
                stranger.assertDeclined(described(50, odd, voters, 1, 100), 100, "can't be one of this group");
            }
            var none = ConfState.getDefaultInstance();
            stranger.assertDeclined(described(50, 3, none, 1, 100), 100, "can't be one of this group");
            var local = ConfState.newBuilder().addVoters(-1).build();
            stranger.assertDeclined(described(50, 3, local, 1, 100), 100, "can't be one of this group");
            stranger.assertDeclined(described(50, 3, voters, 0, 100), 100, "no file");
            stranger.assertDeclined(described(50, 3, voters, 1, Long.MAX_VALUE), 100, "a file of 100 is offered");
            stranger.assertDeclined(described(50, 3, voters, 1, -5), 100, "a file of 100 is offered");
            stranger.assertDeclined(described(50, 3, voters, 1, 0), 0, "a file of 0 is offered");
            stranger.assertDeclined(described(50, Long.MAX_VALUE / 2, voters, 1, 100), 100, "none that this group");
            stranger.assertDeclined(
                    snapshot(50, 3, voters).toBuilder()
                            .setData(ByteString.copyFromUtf8("no descriptor at all"))
                            .build(),
                    100,
                    "");
        }
        try (var files = Files.list(dir.resolve("node1").resolve("snapshots"))) {
            assertThat(files).isEmpty();
        }
        submit("b");
    }

    private static Snapshot described(long index, long term, ConfState configuration, long id, long length) {
        return snapshot(index, term, configuration).toBuilder()
                .setData(SnapshotDescriptor.newBuilder()
                        .setId(id)
                        .setLength(length)
                        .build()
                        .toByteString())
                .build();
    }

    /** A process of its own with nothing but a transport. */
    private static final class Stranger implements AutoCloseable, TransportListener {
        private static final int MESSAGES_AT_ONCE = 100;

        private final NettyTransport transport = new NettyTransport("127.0.0.1", null, TransportOptions.defaults());
        private final CompletableFuture<Long> connected = new CompletableFuture<>();
        private final CompletableFuture<String> refused = new CompletableFuture<>();
        private final CompletableFuture<RemoteMember> unsettled = new CompletableFuture<>();
        private final long id;

        Stranger(long cluster, long id, NettyTransport member) {
            this.id = id;
            transport.setPeers(Map.of(1L, "127.0.0.1:" + member.port()));
            try {
                transport.start(new LocalMember(cluster, "default", id, 7, ""), this);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void say(List<Message> messages) {
            for (int from = 0; from < messages.size(); from += MESSAGES_AT_ONCE) {
                transport.send(messages.subList(from, Math.min(from + MESSAGES_AT_ONCE, messages.size())));
                // Each is answered in order, so they have left, and none was dropped for want of room.
                var unused = transport
                        .request(1, ByteString.EMPTY, TestCluster.PATIENCE)
                        .exceptionally(failure -> ByteString.EMPTY)
                        .join();
            }
        }

        void assertDeclined(Snapshot snapshot, int length, String reason) {
            var offer = Message.newBuilder()
                    .setType(MessageType.MSG_SNAP)
                    .setFrom(id)
                    .setTo(1)
                    .setTerm(Math.max(3, snapshot.getMetadata().getTerm()))
                    .setSnapshot(snapshot)
                    .build();
            assertThatThrownBy(() ->
                            transport.sendSnapshot(offer, new Zeros(length)).get(20, TimeUnit.SECONDS))
                    .hasMessageContaining(reason);
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
            connected.complete(peerId);
        }

        @Override
        public void disconnected(long peerId, Disconnect cause) {}

        @Override
        public void refused(long peerId, String reason) {
            refused.complete(reason);
        }

        @Override
        public void unsettled(RemoteMember remote) {
            unsettled.complete(remote);
        }

        @Override
        public SnapshotSink snapshot(long from, Message message) throws IOException {
            throw new IOException("not wanted");
        }

        @Override
        public void snapshotReceived(long from, Message message) {}

        @Override
        public @Nullable String refuse(RemoteMember remote) {
            return null;
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    private record Zeros(long length) implements SnapshotSource {
        @Override
        public int read(long offset, ByteBuffer target) {
            int count = (int) Math.min(target.remaining(), length - offset);
            target.put(new byte[count]);
            return count;
        }

        @Override
        public void close() {
            // There is nothing to be given back.
        }
    }
}
