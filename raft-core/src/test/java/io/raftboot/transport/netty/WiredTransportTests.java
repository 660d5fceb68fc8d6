package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.Simulation;
import io.raftboot.simulation.network.Death;
import io.raftboot.simulation.network.SimulatedNetwork;
import io.raftboot.transport.SnapshotSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The transport over connections of a simulation: what it does about those that break, fall silent or never come about. */
class WiredTransportTests {
    private static final int CHUNK_BYTES = 1_000;
    private static final Duration SOON = Duration.ofMillis(200);

    /** Buffers of both kernels, and the frames that wait for the receiver's thread. */
    private static final long MOST_IN_BETWEEN_BYTES = 700_000;

    private static final TransportOptions OPTIONS = TransportOptions.builder()
            .snapshotChunkBytes(CHUNK_BYTES)
            .snapshotStallTimeout(Duration.ofSeconds(5))
            .build();

    private final Simulation simulation = new Simulation(3);
    private final SimulatedNetwork network = new SimulatedNetwork(simulation);
    private final Node one = new Node(1);
    private Node two = new Node(2);

    @AfterEach
    void close() {
        assertThat(one.recorder.failures).isEmpty();
        assertThat(two.recorder.failures).isEmpty();
        simulation.close();
    }

    /** A process with a transport in it. */
    private final class Node {
        final long id;
        final SimulatedHost host;
        final NettyTransport transport;
        final Recorder recorder = new Recorder();

        Node(long id) {
            this.id = id;
            this.host = simulation.host("member " + id, Pace.EXACT.withTurnNanos(20_000));
            this.transport = new NettyTransport(
                    SimulatedNetwork.name(id), SimulatedNetwork.PORT, OPTIONS, host, network.sockets(host, id));
        }

        void start() {
            host.perform("starts", () -> {
                try {
                    transport.checkPort();
                    transport.start(Members.identity(id), recorder);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            long other = 3 - id;
            transport.setPeers(Map.of(other, SimulatedNetwork.name(other) + ":" + SimulatedNetwork.PORT));
        }

        void send(long index) {
            transport.send(List.of(Members.append(id, 3 - id, index)));
        }
    }

    private void pass(Duration time) {
        simulation.events().runFor(time);
    }

    private void connect() {
        one.start();
        two.start();
        pass(Duration.ofSeconds(2));
        assertThat(one.recorder.events).containsExactly("connected 2");
        assertThat(two.recorder.events).containsExactly("connected 1");
    }

    private static List<Long> indexes(Recorder recorder) {
        return recorder.messages.stream().map(Message::getIndex).toList();
    }

    @Test
    void membersThatFindEachOtherByNameTalk() {
        connect();
        for (long index = 1; index <= 100; index++) {
            one.send(index);
        }
        var answer = one.transport.request(2, ByteString.copyFromUtf8("question"), Duration.ofSeconds(1));
        pass(SOON);

        assertThat(indexes(two.recorder)).hasSize(100).isSorted();
        assertThat(answer).isCompletedWithValue(ByteString.copyFromUtf8("question"));
    }

    @Test
    void connectionThatFellSilentIsFoundAndMadeAnew() {
        connect();
        network.silence(2, 1);
        network.silence(1, 2);
        one.send(1);
        pass(OPTIONS.pingInterval());
        assertThat(one.recorder.events).as("not known yet").containsExactly("connected 2");

        pass(OPTIONS.idleTimeout().plus(OPTIONS.pingInterval().multipliedBy(2)));
        one.send(2);
        two.send(3);
        pass(SOON);
        assertThat(one.recorder.events).contains("unreachable 2");
        assertThat(indexes(two.recorder)).containsExactly(2L);
        assertThat(indexes(one.recorder)).containsExactly(3L);
    }

    @Test
    void processThatIsKilledIsKnownToBeGoneAtOnce() {
        connect();
        two.host.crash();
        network.died(2, Death.KILLED);
        pass(SOON);

        assertThat(one.recorder.events).last().isEqualTo("disconnected 2 REFUSED_AT_RECONNECT");
    }

    @Test
    void machineWithoutPowerIsFoundByLivenessAndConnectedWhenItIsBack() {
        connect();
        two.host.crash();
        network.died(2, Death.POWER_LOST);
        pass(OPTIONS.pingInterval());
        assertThat(one.recorder.events).containsExactly("connected 2");
        pass(Duration.ofSeconds(10));
        assertThat(one.recorder.events).last().isEqualTo("disconnected 2 OTHER");

        two = new Node(2);
        two.start();
        pass(Duration.ofSeconds(3));
        assertThat(one.recorder.events).last().isEqualTo("connected 2");
        one.send(9);
        pass(SOON);
        assertThat(indexes(two.recorder)).containsExactly(9L);
    }

    @Test
    void attemptsBecomeRarerWhileNobodyListens() {
        one.start();
        var perSecond = new ArrayList<Integer>();
        for (int second = 0; second < 20; second++) {
            int before = network.dials(1);
            pass(Duration.ofSeconds(1));
            perSecond.add(network.dials(1) - before);
        }

        assertThat(perSecond.get(0)).isGreaterThan(4);
        assertThat(perSecond.subList(5, 20))
                .allSatisfy(count -> assertThat(count).isBetween(1, 2));
    }

    @Test
    void linkThatIsCutInOneDirectionIsLostAndComesBack() {
        connect();
        network.cut(2, 1, true);
        pass(Duration.ofSeconds(10));
        assertThat(one.recorder.events).last().isEqualTo("disconnected 2 OTHER");
        assertThat(two.recorder.events).last().isEqualTo("disconnected 1 OTHER");

        network.heal();
        pass(Duration.ofSeconds(5));
        one.send(1);
        two.send(2);
        pass(SOON);
        assertThat(indexes(two.recorder)).containsExactly(1L);
        assertThat(indexes(one.recorder)).containsExactly(2L);
    }

    @Test
    void bytesThatAreNoFramesEndTheConnectionThatTheyCameOn() {
        connect();
        network.flip(1, 2, 1);
        for (long index = 1; index <= 50; index++) {
            one.send(index);
            pass(Duration.ofMillis(100));
        }
        network.heal();
        pass(Duration.ofSeconds(20));
        one.send(100);
        pass(SOON);

        assertThat(one.recorder.events).contains("unreachable 2");
        assertThat(indexes(two.recorder)).last().isEqualTo(100L);
    }

    @Test
    void closeWaitsForItsEndAndLeavesThePort() {
        connect();
        one.host.perform("closes", one.transport::close);
        pass(SOON);
        assertThat(two.recorder.events).last().isEqualTo("disconnected 1 REFUSED_AT_RECONNECT");
        assertThat(network.connectionCount(1)).isZero();

        one.start();
        pass(Duration.ofSeconds(3));
        assertThat(one.recorder.events).last().isEqualTo("connected 2");
    }

    @Test
    void fileArrivesOverConnectionsThatAreResetInItsMidst() {
        connect();
        network.slow(1, 2, 20_000);
        var source = new Source(50 * CHUNK_BYTES + 1);
        var sent = send(source);
        for (int attempts = 1; attempts <= 3; attempts++) {
            while (source.offsets.size() < attempts) {
                pass(Duration.ofMillis(50));
            }
            pass(Duration.ofMillis(300));
            network.reset(1, 2);
        }
        pass(Duration.ofSeconds(20));

        assertThat(sent).isCompleted();
        assertThat(two.recorder.file.bytes()).isEqualTo(source.content);
        assertThat(source.offsets).hasSize(4).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void pieceOfAFileThatWasDamagedIsSentAgain() {
        connect();
        network.flip(1, 2, 0.02);
        var source = new Source(30 * CHUNK_BYTES);
        var sent = send(source);
        pass(Duration.ofSeconds(10));
        network.heal();
        pass(Duration.ofMinutes(3));

        assertThat(sent).isCompleted();
        assertThat(two.recorder.file.bytes()).isEqualTo(source.content);
        assertThat(source.offsets).as("attempts").hasSizeGreaterThan(1);
    }

    @Test
    void slowDiskOfTheReceiverHoldsTheSenderUp() {
        connect();
        two.recorder.file.hook = writes -> two.host.sleep(Duration.ofMillis(100).toNanos());
        var source = new Source(2_000 * CHUNK_BYTES);
        var sent = send(source);
        pass(Duration.ofSeconds(10));
        int written = two.recorder.file.bytes().length;
        assertThat(written).isBetween(50 * CHUNK_BYTES, 110 * CHUNK_BYTES);
        assertThat(source.expected).as("what lies in between, in buffers").isLessThan(written + MOST_IN_BETWEEN_BYTES);

        two.recorder.file.hook = writes -> {};
        pass(Duration.ofMinutes(1));
        assertThat(sent).isCompleted();
        assertThat(two.recorder.file.bytes()).isEqualTo(source.content);
    }

    @Test
    void messagesThatASlowLinkDoesNotTakeWaitAndLeaveInOrder() {
        connect();
        network.slow(1, 2, 1_000_000);
        for (long index = 1; index <= 200; index++) {
            one.transport.send(List.of(Members.append(1, 2, index).toBuilder()
                    .addEntries(Entry.newBuilder().setData(ByteString.copyFrom(new byte[20_000])))
                    .build()));
        }
        pass(Duration.ofSeconds(1));
        assertThat(indexes(two.recorder)).hasSizeLessThan(60);
        pass(Duration.ofSeconds(5));

        assertThat(indexes(two.recorder)).hasSize(200).isSorted();
        assertThat(one.recorder.events).containsExactly("connected 2");
    }

    @Test
    void transferThatNobodyTakesEndsWithTheClose() {
        connect();
        network.clog(1, 2, true);
        var sent = send(new Source(1_000 * CHUNK_BYTES));
        pass(SOON);
        one.host.perform("closes", one.transport::close);

        assertThat(sent).isCompletedExceptionally();
    }

    private CompletableFuture<Void> send(Source source) {
        var message = Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(1)
                .setTo(2)
                .build();
        return one.transport.sendSnapshot(message, source);
    }

    private static final class Source implements SnapshotSource {
        private final byte[] content;

        /** Where each attempt began to read. */
        private final List<Long> offsets = new ArrayList<>();

        private long expected = -1;

        Source(int length) {
            content = new byte[length];
            new Random(length).nextBytes(content);
        }

        @Override
        public long length() {
            return content.length;
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            if (offset != expected) {
                offsets.add(offset);
            }
            int length = (int) Math.min(target.remaining(), content.length - offset);
            target.put(content, (int) offset, length);
            expected = offset + length;
            return length;
        }

        @Override
        public void close() {}
    }
}
