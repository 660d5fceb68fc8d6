package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.DiskExhaustedException;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.config.DiskMarks;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Disks that fill up under members, and get room again. */
class FullDiskTests {
    private static final int KIB = 1024;
    private static final long LOW = 1024 * KIB;
    private static final long HIGH = 1536 * KIB;
    private static final long STOP = 128 * KIB;
    private static final long PLENTY = 64 * 1024 * KIB;

    @Test
    void leaderWithLittleRoomHandsOverToOneThatHasMore() {
        try (var cluster = start(3, FullDiskTests::small)) {
            long small = cluster.awaitLeader();
            cluster.applied(small, "before");
            leave(cluster, small, LOW / 2);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(small).isLeader());
            long next = cluster.awaitLeader();
            assertThat(next).isNotEqualTo(small);
            cluster.applied(small, "through the small one");
            cluster.applied(next, "after");
            assertThat(disk(cluster, small).low()).isTrue();
            cluster.awaitCommands(List.of("before", "through the small one", "after"));
        }
    }

    @Test
    void commandsAreRefusedWithTheReasonWhereNobodyHasRoomAndResumeByThemselves() {
        try (var cluster = start(3, FullDiskTests::small)) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "before");
            for (long id = 1; id <= 3; id++) {
                leave(cluster, id, LOW / 2);
            }
            for (long id = 1; id <= 3; id++) {
                long asked = id;
                await().atMost(TestCluster.PATIENCE).until(() -> isRefusedForSpace(cluster.submit(asked, "refused")));
                var refused = (Outcome.Refused) cluster.submit(id, "refused");
                assertThat(refused.message()).contains("make room on the disks");
                assertThat(refused.reason().retryable()).isTrue();
                assertThat(cluster.read(id, Consistency.LINEARIZABLE)).contains("before");
            }
            int applied = cluster.machine(leader).commands().size();

            // Above the low mark is not enough: else it would go to and fro.
            for (long id = 1; id <= 3; id++) {
                leave(cluster, id, (LOW + HIGH) / 2);
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> disk(cluster, leader).usableBytes() > LOW);
            assertThat(isRefusedForSpace(cluster.submit(leader, "still refused")))
                    .isTrue();
            assertThat(cluster.machine(leader).commands()).hasSize(applied);

            for (long id = 1; id <= 3; id++) {
                leave(cluster, id, PLENTY);
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.submit(leader, "after") instanceof Outcome.Applied);
        }
    }

    @Test
    void leaderRefusesWhatAMajorityHasNoRoomFor() {
        try (var cluster = start(3, FullDiskTests::small)) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "before");
            for (long id = 1; id <= 3; id++) {
                if (id != leader) {
                    leave(cluster, id, LOW / 2);
                }
            }
            await().atMost(TestCluster.PATIENCE).until(() -> isRefusedForSpace(cluster.submit(leader, "refused")));
            assertThat(cluster.replica(leader).isLeader()).isTrue();
            assertThat(((Outcome.Refused) cluster.submit(leader, "refused")).message())
                    .contains("the others are no majority");
            leave(cluster, cluster.otherThan(leader), PLENTY);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.submit(leader, "after") instanceof Outcome.Applied);
        }
    }

    @Test
    void snapshotIsTakenToMakeRoomWhateverWasToBeKept() {
        UnaryOperator<ReplicaConfig.Builder> change = config -> small(config)
                .snapshots(
                        SnapshotPolicy.defaults().withIntervalEntries(1_000_000).withKeepEntries(1_000_000));
        try (var cluster = start(1, change)) {
            cluster.disk(1).limit(4 * 1024 * KIB);
            var command = "c".repeat(8 * KIB).getBytes(UTF_8);
            int applied = 0;
            // More than three times what the disk holds.
            var deadline = System.nanoTime() + TestCluster.PATIENCE.toNanos();
            while (applied < 1500 && System.nanoTime() < deadline) {
                // The state is what was appended, so it must not grow: only the log does.
                cluster.machine(1).forget();
                var outcome = TestCluster.get(cluster.replica(1).submit(LedgerMachine.NAME, command, null));
                if (outcome instanceof Outcome.Applied) {
                    applied++;
                } else {
                    assertThat(isRefusedForSpace(outcome)).as("%s", outcome).isTrue();
                }
            }
            assertThat(applied).isEqualTo(1500);
            assertThat(cluster.replica(1).state()).isEqualTo(ReplicaState.RUNNING);
        }
    }

    @Test
    void memberStopsBelowTheSecondMarkAndStartsWhenThereIsRoom() {
        try (var cluster = start(3, FullDiskTests::small)) {
            long leader = cluster.awaitLeader();
            long full = cluster.otherThan(leader);
            cluster.applied(leader, "before");
            await().atMost(TestCluster.PATIENCE).until(() -> hasReserve(cluster, full));
            leave(cluster, full, STOP / 4);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(full).state() == ReplicaState.FAILED);
            var failure = cluster.replica(full).failure();
            assertThat(failure).isInstanceOf(DiskExhaustedException.class).hasMessageContaining("raft.disk.stop-mark");
            assertThat(hasReserve(cluster, full)).as("given up first").isFalse();
            cluster.applied(leader, "after");

            cluster.replica(full).stop();
            leave(cluster, full, PLENTY);
            cluster.replica(full).start();
            cluster.awaitCommands(List.of("before", "after"));
        }
    }

    private static ReplicaConfig.Builder small(ReplicaConfig.Builder config) {
        return config.walSegmentSizeBytes(64 * KIB).diskMarks(new DiskMarks(LOW, HIGH, STOP));
    }

    private static TestCluster start(int size, UnaryOperator<ReplicaConfig.Builder> change) {
        var cluster =
                TestCluster.onFaultDisks(size, config -> change.apply(config).commandTimeout(Duration.ofSeconds(5)));
        for (long id = 1; id <= size; id++) {
            cluster.disk(id).limit(PLENTY);
        }
        return cluster.start();
    }

    private static void leave(TestCluster cluster, long id, long bytes) {
        var disk = cluster.disk(id);
        disk.limit(disk.usedBytes() + bytes);
    }

    private static boolean hasReserve(TestCluster cluster, long id) {
        return cluster.disk(id).exists(cluster.replica(id).config().dataDir().resolve("reserve"));
    }

    private static ReplicaStatus.DiskState disk(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).status()).disk();
    }

    private static boolean isRefusedForSpace(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.NO_SPACE;
    }
}
