package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What went wrong with snapshots and restarts of other systems, one test each. */
class KnownBugsTests {
    @TempDir
    Path dir;

    private static ReplicaConfig.Builder keepNothing(ReplicaConfig.Builder config) {
        return config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0));
    }

    private static void fill(TestCluster cluster, long id, String prefix, List<String> commands) {
        for (int i = 0; i < 20; i++) {
            commands.add(prefix + i);
            cluster.applied(id, prefix + i);
        }
    }

    private static void snapshot(TestCluster cluster, long id) {
        assertThat(TestCluster.get(cluster.replica(id).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
    }

    private static ReplicaStatus status(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).status());
    }

    /** RedisRaft #14: all data was lost when another member took over. */
    @Test
    void nothingIsLostWhenAnotherTakesOverAfterASnapshot() {
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, KnownBugsTests::keepNothing).start()) {
            var commands = new ArrayList<String>();
            long leader = cluster.awaitLeader();
            fill(cluster, leader, "a", commands);
            cluster.awaitCommands(commands);
            for (long id = 1; id <= 3; id++) {
                snapshot(cluster, id);
            }
            cluster.replica(leader).stop();
            fill(cluster, cluster.awaitLeader(), "b", commands);
            cluster.renew(leader).start();
            cluster.awaitCommands(commands);
        }
    }

    /** Zeebe #3573: several snapshots while a follower caught up left a gap in its log. */
    @Test
    void followerCatchesUpWithoutAGapWhileSnapshotFollowsSnapshot() {
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, KnownBugsTests::keepNothing).start()) {
            var commands = new ArrayList<String>();
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            for (int round = 0; round < 10; round++) {
                if (round == 2) {
                    cluster.replica(behind).start();
                }
                fill(cluster, leader, "r" + round + "-", commands);
                snapshot(cluster, leader);
            }
            cluster.awaitCommands(commands);
            cluster.replica(behind).stop();
            cluster.renew(behind).start();
            cluster.awaitCommands(commands);
        }
    }

    /** etcd #18055: two snapshots in a short time made a member panic. */
    @Test
    void snapshotsInShortSuccessionAreFine() {
        try (var cluster = new TestCluster(1, StorageKind.WAL, dir, KnownBugsTests::keepNothing).start()) {
            var outcomes = new ArrayList<CompletableFuture<SnapshotOutcome>>();
            for (int i = 0; i < 50; i++) {
                var unused = cluster.replica(1).submit(LedgerMachine.NAME, ("c" + i).getBytes(UTF_8), null);
                outcomes.add(cluster.replica(1).takeSnapshot());
            }
            assertThat(outcomes).allSatisfy(outcome -> assertThat(TestCluster.get(outcome))
                    .isInstanceOf(SnapshotOutcome.Taken.class));
            cluster.applied(1, "last");
        }
    }

    /** Ratis RATIS-987, RATIS-1305: a follower was sent snapshots for ever. */
    @Test
    void followerThatHasItsSnapshotIsSentNoOther() {
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, KnownBugsTests::keepNothing).start()) {
            var commands = new ArrayList<String>();
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            fill(cluster, leader, "a", commands);
            snapshot(cluster, leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, leader).firstIndex() > 20);
            cluster.replica(behind).start();
            cluster.awaitCommands(commands);
            long installed = status(cluster, behind).snapshotIndex();
            fill(cluster, leader, "b", commands);
            cluster.awaitCommands(commands);
            assertThat(status(cluster, behind).snapshotIndex()).isEqualTo(installed);
        }
    }

    /** etcd #13766, #14685: the applied index was kept apart from the data, so commands were skipped or applied twice. */
    @Test
    void durableMachineAppliesEachCommandOnceOverLossesOfPower() {
        var database = new DurableMachine.Database();
        var expected = new ArrayList<String>();
        try (var cluster = new TestCluster(
                        1,
                        StorageKind.WAL,
                        dir,
                        config -> config.snapshots(
                                SnapshotPolicy.defaults().withIntervalEntries(7).withKeepEntries(0)),
                        id -> Map.of(DurableMachine.NAME, new DurableMachine(database)))
                .start()) {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 10; i++) {
                    expected.add(round + "-" + i);
                    var outcome =
                            cluster.replica(1).submit(DurableMachine.NAME, (round + "-" + i).getBytes(UTF_8), null);
                    assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class);
                }
                cluster.replica(1).stop();
                database.losePower();
                cluster.renew(1).start();
                assertThat(database.rows()).isEqualTo(expected);
            }
        }
    }

    /** etcd #14370: a single member acknowledged before the entry was durable. */
    @Test
    void singleMemberAcknowledgesOnlyWhatIsForced() {
        try (var cluster = TestCluster.onFaultDisks(1, UnaryOperator.identity()).start()) {
            cluster.applied(1, "before");
            cluster.disk(1).hangWhen((operation, path) -> operation == Operation.FORCE);
            var outcome = cluster.replica(1).submit(LedgerMachine.NAME, "x".getBytes(UTF_8), TestCluster.PATIENCE);
            await().atMost(TestCluster.PATIENCE).until(cluster.disk(1)::isHanging);
            assertThat(outcome).isNotDone();
            assertThat(cluster.machine(1).commands()).containsExactly("before");
            cluster.disk(1).hangWhen((operation, path) -> false);
            assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class);
        }
    }
}
