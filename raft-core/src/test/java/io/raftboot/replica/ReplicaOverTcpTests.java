package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicaOverTcpTests {
    @TempDir
    Path dir;

    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, LedgerMachine> machines = new TreeMap<>();

    @AfterEach
    void stop() {
        replicas.values().forEach(Replica::stop);
    }

    @Test
    void commandsAndReadsGoThroughEveryMemberAndSurviveTheLeader() throws IOException {
        create(FreePeers.of(3));
        replicas.values().forEach(Replica::start);
        long first = awaitLeader();
        var expected = new ArrayList<String>();
        for (long id : replicas.keySet()) {
            expected.add("through" + id);
            submit(id, "through" + id);
        }
        member(first).stop();
        long second = awaitLeader();
        assertThat(second).isNotEqualTo(first);
        expected.add("after");
        submit(second, "after");
        member(first).start();
        for (long id : replicas.keySet()) {
            var answer = (ReadOutcome.Answered) TestCluster.get(member(id)
                    .read(LedgerMachine.NAME, new byte[0], ReadOptions.LINEARIZABLE.withTimeout(TestCluster.PATIENCE)));
            assertThat(new String(answer.value(), UTF_8)).isEqualTo(String.join(",", expected));
        }
    }

    @Test
    void portInUseIsNamedAndLeavesNothingBehind() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var peers = new ArrayList<>(FreePeers.of(2));
            peers.set(0, new Peer(1, "127.0.0.1", taken.getLocalPort()));
            create(peers);
            assertThatExceptionOfType(ReplicaStartException.class)
                    .isThrownBy(() -> member(1).start())
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(ReplicaStartException.Problem.PORT_IN_USE))
                    .withMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .withMessageContaining("raft.transport.port");
            assertThat(dir.toFile().list()).isEmpty();
            assertThat(member(1).state()).isEqualTo(ReplicaState.STOPPED);
        }
    }

    @ParameterizedTest
    @CsvSource({"nowhere.invalid, HOST_UNKNOWN, nowhere.invalid", "192.0.2.1, ADDRESS_NOT_LOCAL, 192.0.2.1"})
    void hostThatIsNotThisMachinesIsNamedAndLeavesNothingBehind(
            String host, ReplicaStartException.Problem problem, String named) {
        var transport = new NettyTransport(
                host,
                7400,
                TransportOptions.builder().hostTimeout(Duration.ZERO).build());
        var config = ReplicaConfig.builder(dir.resolve("node1")).build();
        var raftConfig =
                RaftConfig.builder().electionTicks(10).heartbeatTicks(1).build();
        var replica = new Replica(config, raftConfig, transport, Map::of);
        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(replica::start)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem))
                .withMessageContaining(named)
                .withMessageContaining("raft.transport.address");
        assertThat(dir.toFile().list()).isEmpty();
    }

    @Test
    void directoryOfARunningMemberIsLocked() throws IOException {
        var peers = FreePeers.of(2);
        create(peers);
        member(1).start();
        var second = replica(peers.get(0), peers, new LedgerMachine());
        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(second::start)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(ReplicaStartException.Problem.DIRECTORY_LOCKED))
                .withMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void directoryOfAnotherVersionIsNotCalledDamaged() throws IOException {
        var peers = FreePeers.of(2);
        create(peers);
        member(1).start();
        member(1).stop();
        var segment = dir.resolve("node1").resolve("wal").resolve("0000000000000001.wal");
        try (var file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var header = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            file.read(header, 0);
            var checksum = new CRC32C();
            checksum.update(header.putInt(8, 1).clear().limit(508));
            file.write(header.clear().putInt(508, (int) checksum.getValue()), 0);
        }
        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(() -> member(1).start())
                .satisfies(e ->
                        assertThat(e.problem()).isEqualTo(ReplicaStartException.Problem.DIRECTORY_OF_ANOTHER_VERSION))
                .withMessageContaining(segment + " has format version 1");
    }

    private void create(List<Peer> peers) {
        for (Peer peer : peers) {
            var machine = new LedgerMachine();
            machines.put(peer.id(), machine);
            replicas.put(peer.id(), replica(peer, peers, machine));
        }
    }

    private Replica replica(Peer self, List<Peer> peers, LedgerMachine machine) {
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
        var transport = new NettyTransport(self.host(), self.port(), TransportOptions.defaults());
        return new Replica(config, raftConfig, transport, () -> Map.of(LedgerMachine.NAME, machine));
    }

    private Replica member(long id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    private void submit(long id, String command) {
        var outcome = member(id).submit(LedgerMachine.NAME, command.getBytes(UTF_8), TestCluster.PATIENCE);
        assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class);
    }

    private long awaitLeader() {
        await().atMost(TestCluster.PATIENCE)
                .until(() -> replicas.values().stream().anyMatch(Replica::isLeader));
        return replicas.entrySet().stream()
                .filter(entry -> entry.getValue().isLeader())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
