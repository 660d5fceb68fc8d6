package io.raftboot.replica;

import static io.raftboot.replica.TestCluster.changeOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The configuration is the same at the same index, however a member came to it, and all of its parts know it. */
class ConfigurationTests {
    private final GatedMachine.Gate gate = new GatedMachine.Gate();

    @TempDir
    Path dir;

    /** Changes that a member has committed, and applies only when a snapshot has brought newer ones. */
    private enum Changes {
        LEARNER_ADDED_REMOVED_AND_ADDED {
            @Override
            ConfChangeV2 beforeTheSnapshot(int position) {
                return changeOf(
                        position == 0
                                ? ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE
                                : ConfChangeType.CONF_CHANGE_REMOVE_NODE,
                        4);
            }

            @Override
            ConfChangeV2 inTheSnapshot() {
                return changeOf(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, 4);
            }
        },
        JOINT_ENTERED_AND_LEFT {
            @Override
            ConfChangeV2 beforeTheSnapshot(int position) {
                return position == 0
                        ? changeOf(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, 4).toBuilder()
                                .setTransition(ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT)
                                .build()
                        : ConfChangeV2.getDefaultInstance();
            }

            @Override
            ConfChangeV2 inTheSnapshot() {
                return changeOf(ConfChangeType.CONF_CHANGE_REMOVE_NODE, 4);
            }
        };

        abstract ConfChangeV2 beforeTheSnapshot(int position);

        abstract ConfChangeV2 inTheSnapshot();
    }

    @ParameterizedTest
    @EnumSource(Changes.class)
    void changeThatWaitedBehindASnapshotIsPassedOver(Changes changes) {
        try (var cluster = gated(3).start()) {
            long leader = cluster.awaitLeader();
            long slow = cluster.otherThan(leader);
            cluster.applied(leader, "a");
            gate.hold(cluster, leader, slow);
            cluster.changed(leader, changes.beforeTheSnapshot(0));
            cluster.changed(leader, changes.beforeTheSnapshot(1));
            awaitCommittedBy(
                    cluster, slow, cluster.replica(leader).configuration().index());
            cluster.cutOff(leader, slow);
            cluster.changed(leader, changes.inTheSnapshot());
            cluster.applied(leader, "b");
            assertThat(TestCluster.get(cluster.replica(leader).takeSnapshot()))
                    .isInstanceOf(SnapshotOutcome.Taken.class);
            long expected = cluster.replica(leader).configuration().index();
            cluster.applied(leader, "c");
            cluster.network().heal();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(slow).configuration().index() >= expected);
            gate.open();
            cluster.applied(leader, "d");
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(slow).commands().contains("d"));

            assertThat(cluster.replica(slow).state()).isEqualTo(ReplicaState.RUNNING);
            assertSameConfiguration(cluster, leader, slow);

            // What the slow one writes into its own snapshot is what it begins with after a restart.
            assertThat(TestCluster.get(cluster.replica(slow).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            cluster.replica(slow).stop();
            cluster.renew(slow).start();
            cluster.applied(leader, "e");
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(slow).commands().contains("e"));
            assertSameConfiguration(cluster, leader, slow);
        }
    }

    /** Two of five are removed and two others added while a third one is slow: it must not take part in a majority of three. */
    @Test
    void slowMemberDoesNotElectALeaderWithAConfigurationThatIsOver() {
        try (var cluster = gated(5).start()) {
            long leader = cluster.awaitLeader();
            long slow = leader == 3 ? 2 : 3;
            long[] moved = moved(leader, slow);
            cluster.applied(leader, "a");
            gate.hold(cluster, leader, slow);
            for (long id : moved) {
                cluster.changed(leader, changeOf(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id));
            }
            awaitCommittedBy(
                    cluster, slow, cluster.replica(leader).configuration().index());
            cluster.join(6).start();
            cluster.join(7).start();
            cluster.cutOff(leader, slow);
            for (long id = 6; id <= 7; id++) {
                cluster.changed(leader, changeOf(ConfChangeType.CONF_CHANGE_ADD_NODE, id));
            }
            cluster.applied(leader, "b");
            TestCluster.get(cluster.replica(leader).takeSnapshot());
            long expected = cluster.replica(leader).configuration().index();
            cluster.applied(leader, "c");
            cluster.network().heal();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(slow).configuration().index() >= expected);
            gate.open();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(slow).commands().contains("c"));
            var expectedVoters = new TreeSet<>(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L));
            Arrays.stream(moved).forEach(expectedVoters::remove);
            assertThat(cluster.replica(slow).configuration().state().getVotersList())
                    .containsExactlyInAnyOrderElementsOf(expectedVoters);
        }
    }

    @Test
    void configurationOfASnapshotReachesThePartsThatCountVoters() throws Exception {
        try (var cluster =
                TestCluster.onFaultDisks(3, ConfigurationTests::keepNothing).start()) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "a");
            TestCluster.get(cluster.replica(leader).takeSnapshot());
            cluster.change(leader, ConfChangeType.CONF_CHANGE_ADD_NODE, 4);
            cluster.join(4).start();
            await().atMost(TestCluster.PATIENCE).until(() -> cluster.replica(4)
                    .configuration()
                    .state()
                    .getVotersList()
                    .contains(4L));
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(
                                    cluster.replica(cluster.awaitLeader()).transferLeadership(4L))
                            instanceof TransferOutcome.Transferred);

            // A leader whose disk hangs steps down if others can lead, so it has to know that there are others.
            cluster.disk(4)
                    .hangWhen((operation, file) ->
                            operation == Operation.FORCE && file.toString().endsWith(".wal"));
            var unused = cluster.replica(4).submit(LedgerMachine.NAME, "hung".getBytes(UTF_8), Duration.ofSeconds(1));
            await().atMost(TestCluster.PATIENCE).until(() -> !cluster.replica(4).isLeader());
            cluster.disk(4).heal();
        }
    }

    @Test
    void leaseNeedsThePromiseOfSomebody() {
        var conditions = new LeaseConditions(
                1, LeaseConditions.Setting.ON, io.raftboot.raft.proto.ConfState::getDefaultInstance, id -> true);
        assertThat(conditions.hold()).isFalse();
    }

    /** Its log says by itself that it is not alone any more. */
    @Test
    @Timeout(60)
    void loneVoterThatAddedOneWhoIsNotThereStartsAndStops() throws Exception {
        try (var cluster = TestCluster.onFaultDisks(1, UnaryOperator.identity()).start()) {
            cluster.awaitLeader();
            long added = TestCluster.get(cluster.propose(1, changeOf(ConfChangeType.CONF_CHANGE_ADD_NODE, 2)));
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(1).configuration().index() >= added);
            cluster.replica(1).stop();

            var again = cluster.renew(1);
            CompletableFuture.runAsync(again::start).get(20, TimeUnit.SECONDS);
            assertThat(again.state()).isEqualTo(ReplicaState.RUNNING);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> again.configuration().state().getVotersList().contains(2L));
            CompletableFuture.runAsync(again::stop).get(20, TimeUnit.SECONDS);
        }
    }

    private static ReplicaConfig.Builder keepNothing(ReplicaConfig.Builder config) {
        return config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0));
    }

    private TestCluster gated(int size) {
        return new TestCluster(
                size,
                StorageKind.WAL,
                dir,
                ConfigurationTests::keepNothing,
                id -> Map.of(GatedMachine.NAME, new GatedMachine(gate, id)));
    }

    private static long[] moved(long leader, long slow) {
        return java.util.stream.LongStream.rangeClosed(1, 5)
                .filter(id -> id != leader && id != slow)
                .limit(2)
                .toArray();
    }

    private static void awaitCommittedBy(TestCluster cluster, long member, long index) {
        await().atMost(TestCluster.PATIENCE)
                .until(() -> TestCluster.get(cluster.replica(member).status()).commitIndex() >= index);
    }

    private static void assertSameConfiguration(TestCluster cluster, long one, long other) {
        var first = cluster.replica(one).configuration();
        var second = cluster.replica(other).configuration();
        assertThat(second.index()).isGreaterThanOrEqualTo(first.index());
        assertThat(ConfChanges.difference(first.state(), second.state())).isNull();
    }
}
