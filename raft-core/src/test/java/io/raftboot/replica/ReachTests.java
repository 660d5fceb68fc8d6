package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ServiceLines;
import io.raftboot.transport.Reach;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members over real sockets, some of which have no way, or the wrong address, to others. */
class ReachTests {
    @TempDir
    Path dir;

    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, LedgerMachine> machines = new TreeMap<>();

    @AfterEach
    void stop() {
        replicas.values().forEach(Replica::stop);
    }

    private Replica add(long id, List<Peer> peers, boolean join) {
        var self = peers.stream().filter(peer -> peer.id() == id).findFirst().orElseThrow();
        var config = ReplicaConfig.builder(dir.resolve("node" + id))
                .nodeId(id)
                .peers(peers)
                .join(join)
                .tickInterval(Duration.ofMillis(10))
                .walSegmentSizeBytes(1024 * 1024)
                .build();
        var raft = RaftConfig.builder()
                .id(id)
                .electionTicks(50)
                .heartbeatTicks(5)
                .preVote(true)
                .checkQuorum(true)
                .build();
        var machine = machines.computeIfAbsent(id, any -> new LedgerMachine());
        var transport = new NettyTransport(self.host(), self.port(), TransportOptions.defaults());
        var replica = new Replica(config, raft, transport, () -> Map.of(LedgerMachine.NAME, machine));
        replicas.put(id, replica);
        return replica;
    }

    private Replica member(long id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    private Replica awaitLeader() {
        await().atMost(TestCluster.PATIENCE)
                .until(() -> replicas.values().stream().anyMatch(Replica::isLeader));
        return replicas.values().stream().filter(Replica::isLeader).findFirst().orElseThrow();
    }

    private void submit(long id, String command) {
        var outcome =
                TestCluster.get(member(id).submit(LedgerMachine.NAME, command.getBytes(UTF_8), TestCluster.PATIENCE));
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    }

    /** One member's list has an address for another that leads nowhere: it is found where it has told the group that it is. */
    @Test
    void wrongAddressInOneListIsReportedThereAndTheOtherOneIsFoundAllTheSame() throws IOException {
        var peers = FreePeers.of(2);
        add(1, peers, false).start();
        add(2, peers, false).start();
        awaitLeader();
        submit(1, "a");
        submit(2, "b");
        member(1).stop();
        add(1, List.of(peers.get(0), new Peer(2, "127.0.0.1", 1)), false).start();

        submit(1, "c");
        submit(2, "d");
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(
                        () -> assertThat(TestCluster.get(member(1).status())).satisfies(status -> {
                            assertThat(status.refusals()).hasEntrySatisfying(2L, reason -> assertThat(reason)
                                    .contains("node 2 is 127.0.0.1:1 among the peers of this node 1")
                                    .contains(peers.get(1).address() + " among its own"));
                            assertThat(status.reach()).isEqualTo(Map.of(2L, Reach.DIALLED));
                        }));
        assertThat(EventLines.of(member(1).memberEvents(), EventType.CONNECTION))
                .anyMatch(line ->
                        line.startsWith("WARNING the address of node 2 is 127.0.0.1:1 among the peers of this node 1"));
        assertThat(TestCluster.get(member(2).status()).refusals()).isEmpty();
        assertThat(TestCluster.get(member(2).status()).reach()).isEqualTo(Map.of(1L, Reach.DIALLED));
    }

    /** What it dials is refused by whoever answers there; it is reached by those that dial it. */
    @Test
    void memberWithTheAddressesOfTwoOthersSwappedTakesPartAndSaysSo() throws IOException {
        var peers = FreePeers.of(3);
        for (long id = 1; id <= 3; id++) {
            add(id, peers, false).start();
        }
        awaitLeader();
        submit(1, "a");
        member(1).stop();
        var swapped = List.of(
                peers.get(0),
                new Peer(2, "127.0.0.1", peers.get(2).port()),
                new Peer(3, "127.0.0.1", peers.get(1).port()));
        add(1, swapped, false).start();

        submit(1, "b");
        var read = member(1)
                .read(LedgerMachine.NAME, new byte[0], ReadOptions.LINEARIZABLE.withTimeout(TestCluster.PATIENCE));
        assertThat(TestCluster.get(read)).isInstanceOf(ReadOutcome.Answered.class);
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(
                        () -> assertThat(TestCluster.get(member(1).status())).satisfies(status -> {
                            assertThat(status.service().trouble()).isNull();
                            assertThat(status.refusals()).containsOnlyKeys(2L, 3L);
                            assertThat(status.refusals().get(2L))
                                    .contains("the address of node 2 is "
                                            + swapped.get(1).address());
                        }));
    }

    /** One address leads to something that takes connections and never says a word, the other nowhere. */
    @Test
    void memberThatReachesNobodySaysWhereItTriedAndWhatCameOfIt() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var lines = LogLines.of(ServiceLines.class)) {
            var self = FreePeers.of(1).get(0);
            add(1, List.of(self, new Peer(2, "127.0.0.1", silent.getLocalPort()), new Peer(3, "127.0.0.1", 1)), false)
                    .start();
            String two = "o connection to member 2: the attempt at 127.0.0.1:" + silent.getLocalPort()
                    + " got no answer to the introduction in time";
            String three = "no connection to member 3: the attempt at 127.0.0.1:1 failed: Connection refused";
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(
                            TestCluster.get(member(1).status()).service().trouble())
                    .startsWith("no leader is known")
                    .contains(two, three));
            assertThat(lines.lines()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("WARN node 1 has known no leader since its start")
                    .contains("o connection to member 3")
                    .doesNotContain("refused: /"));
            // Again where the stage itself was late, and another thread kept the time.
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(TestCluster.get(
                            member(1).submit(LedgerMachine.NAME, "x".getBytes(UTF_8), Duration.ofMillis(300))))
                    .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.message())
                            .contains(two, three)));
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(TestCluster.get(member(1)
                            .read(
                                    LedgerMachine.NAME,
                                    new byte[0],
                                    ReadOptions.LINEARIZABLE.withTimeout(Duration.ofMillis(300)))))
                    .isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> assertThat(refused.message())
                            .contains(two, three)));
        }
    }

    /** Neither has the leader an address of it, nor it one of the leader: both find out, and the snapshot finds its way. */
    @Test
    void memberThatKnowsAFollowerOnlyJoinsOverSockets() throws IOException {
        var peers = FreePeers.of(4);
        var three = peers.subList(0, 3);
        for (long id = 1; id <= 3; id++) {
            add(id, three, false).start();
        }
        var leader = awaitLeader();
        submit(leader.config().nodeId(), "a");
        assertThat(TestCluster.get(leader.takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
        leader.node()
                .proposeConfChange(
                        TestCluster.changeOf(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, 4), new ProposalListener() {
                            @Override
                            public void appended(long term, long index) {}

                            @Override
                            public void dropped(RaftException reason) {
                                throw new AssertionError(reason);
                            }
                        });
        long follower = leader.config().nodeId() == 1 ? 2 : 1;
        var joining = add(4, List.of(peers.get((int) follower - 1), peers.get(3)), true);
        joining.start();
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(
                        Objects.requireNonNull(machines.get(4L)).commands())
                .containsExactly("a"));
        submit(4, "b");
    }
}
