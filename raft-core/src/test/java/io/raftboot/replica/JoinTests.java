package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.snapshot.SnapshotSections;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.transport.memory.MemoryNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that join a cluster of which they know little. */
class JoinTests {
    private final MemoryNetwork network = new MemoryNetwork(1);
    private final Map<Long, Disk> disks = new TreeMap<>();
    private final Map<Long, Replica> replicas = new TreeMap<>();
    private final Map<Long, LedgerMachine> machines = new TreeMap<>();

    private static Peer peer(long id) {
        return new Peer(id, "m" + id, 7400);
    }

    private static List<Peer> peers(long... ids) {
        var peers = new ArrayList<Peer>();
        for (long id : ids) {
            peers.add(peer(id));
        }
        return peers;
    }

    private Replica add(long id, String cluster, List<Peer> peers, boolean join) {
        var config = ReplicaConfig.builder(Path.of("/data" + id))
                .clusterName(cluster)
                .nodeId(id)
                .peers(peers)
                .join(join)
                .tickInterval(Duration.ofMillis(10))
                .walSegmentSizeBytes(1024 * 1024)
                .build();
        var raft = RaftConfig.builder()
                .id(id)
                .electionTicks(20)
                .heartbeatTicks(2)
                .preVote(true)
                .checkQuorum(true)
                .build();
        var machine = new LedgerMachine();
        machines.put(id, machine);
        var replica = new Replica(
                config,
                raft,
                network.join(id),
                () -> Map.of(LedgerMachine.NAME, machine),
                disks.computeIfAbsent(id, any -> new MemoryDisk()),
                ThreadedHost.SYSTEM);
        replicas.put(id, replica);
        return replica;
    }

    private Replica leaderOf(long... ids) {
        for (long id : ids) {
            add(id, "test", peers(ids), false);
        }
        replicas.values().forEach(Replica::start);
        await().atMost(TestCluster.PATIENCE)
                .until(() -> replicas.values().stream().anyMatch(Replica::isLeader));
        return replicas.values().stream().filter(Replica::isLeader).findFirst().orElseThrow();
    }

    private static void admit(Replica leader, long id) {
        leader.node()
                .proposeConfChange(
                        TestCluster.changeOf(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, id), new ProposalListener() {
                            @Override
                            public void appended(long term, long index) {}

                            @Override
                            public void dropped(RaftException reason) {
                                throw new AssertionError(reason);
                            }
                        });
    }

    private static void apply(Replica replica, String command) {
        var outcome =
                TestCluster.get(replica.submit(LedgerMachine.NAME, command.getBytes(UTF_8), TestCluster.PATIENCE));
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    }

    private long clusterIdOf(long id) throws IOException, StorageOpenException {
        return OfflineDirectory.open(Objects.requireNonNull(disks.get(id)), Path.of("/data" + id))
                .identity()
                .clusterId();
    }

    @AfterEach
    void stop() {
        replicas.values().forEach(Replica::stop);
        network.close();
    }

    @Test
    void memberThatKnowsAFollowerOnlyJoinsAndLearnsItsCluster() throws Exception {
        var leader = leaderOf(1, 2, 3);
        apply(leader, "a");
        long follower = leader.config().nodeId() == 1 ? 2 : 1;
        admit(leader, 4);
        var joining = add(4, "test", peers(4, follower), true);
        joining.start();
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
            assertThat(Objects.requireNonNull(machines.get(4L)).commands()).containsExactly("a");
            assertThat(joining.leaderId()).isEqualTo(leader.config().nodeId());
        });
        apply(joining, "b");
        assertThat(TestCluster.get(joining.takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
        replicas.values().forEach(Replica::stop);

        assertThat(clusterIdOf(4)).isNotZero().isEqualTo(clusterIdOf(1));
        assertThat(clusterIdInSnapshotOf(4)).isEqualTo(clusterIdOf(1));
    }

    private long clusterIdInSnapshotOf(long id) throws IOException, StorageOpenException {
        var store = OfflineDirectory.open(Objects.requireNonNull(disks.get(id)), Path.of("/data" + id))
                .snapshots();
        return SnapshotSections.clusterId(store, store.newest().orElseThrow());
    }

    @Test
    void memberWhosePeersAreOfTwoClustersJoinsNeitherAndNamesThem() throws Exception {
        add(1, "one", peers(1), false).start();
        add(2, "two", peers(2), false).start();
        var joining = add(3, "one", peers(1, 2, 3), true);
        joining.start();
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(
                        TestCluster.get(joining.status()).refusals())
                .containsOnlyKeys(1L, 2L)
                .allSatisfy((peer, reason) -> assertThat(reason)
                        .contains("different clusters")
                        .contains("node 1 to")
                        .contains("node 2 to")));
        joining.stop();
        assertThat(clusterIdOf(3)).isZero();
    }

    @Test
    void memberThatJoinsTakesNoPartBeforeItKnowsWhere() throws Exception {
        var leader = leaderOf(1, 2);
        var joining = add(3, "test", peers(3, 9), true);
        joining.start();
        admit(leader, 3);
        // Both see each other's names, and nothing comes of it: 9, whom 3 would believe, is not there.
        await().during(Duration.ofMillis(500))
                .atMost(TestCluster.PATIENCE)
                .until(() -> TestCluster.get(joining.status()).term() == 0 && joining.leaderId() == null);
        joining.stop();
        assertThat(clusterIdOf(3)).isZero();
    }
}
