package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Backup;
import io.raftboot.api.BackupOutcome;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.snapshot.BackupFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that members at work hand out. */
class BackupTests {
    private static final ReadOptions LOCAL = ReadOptions.of(Consistency.LOCAL);

    @TempDir
    Path dir;

    private static Backup backup(TestCluster cluster, long id, ReadOptions freshness) {
        var outcome = TestCluster.get(cluster.replica(id).backup(freshness));
        assertThat(outcome).isInstanceOf(BackupOutcome.Ready.class);
        return ((BackupOutcome.Ready) outcome).backup();
    }

    private Path written(Backup backup) throws IOException {
        var file = dir.resolve(backup.fileName());
        try (backup;
                var channel = Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            backup.writeTo(channel);
        }
        assertThat(file).hasSize(backup.length());
        return file;
    }

    private static String section(Path file, String name) throws IOException {
        try (var read = BackupFile.open(new RealDisk(), file);
                var section = read.contents().section(name)) {
            return section == null ? "" : new String(section.readAllBytes(), UTF_8);
        }
    }

    private List<String> snapshots(long id) throws IOException {
        try (var files = Files.list(dir.resolve("node" + id).resolve("snapshots"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void backupSaysWhatItIsOfAndHasWhatWasApplied() throws IOException {
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            long index = cluster.applied(1, "kept").index();
            var backup = backup(cluster, 1, ReadOptions.LINEARIZABLE);
            assertThat(backup.index()).isGreaterThanOrEqualTo(index);
            assertThat(backup.clusterName()).isEqualTo("test");
            assertThat(backup.fileName()).matches("test-" + backup.index() + "-\\d{8}T\\d{6}Z\\.raftbackup");
            var file = written(backup);
            assertThat(section(file, LedgerMachine.NAME)).contains("kept");
            try (var read = BackupFile.open(new RealDisk(), file)) {
                assertThat(read.clusterName()).isEqualTo("test");
                assertThat(read.group()).isEqualTo("default");
                assertThat(read.nodeId()).isEqualTo(1);
                assertThat(read.clusterId()).isEqualTo(backup.clusterId()).isNotZero();
                assertThat(read.takenAt()).isEqualTo(backup.takenAt());
                assertThat("%08x".formatted(read.checksum())).isEqualTo(backup.checksum());
                assertThat(read.contents()
                                .snapshot()
                                .getMetadata()
                                .getConfState()
                                .getVotersList())
                        .containsExactly(1L);
            }
        }
    }

    @Test
    void commandsGoOnWhileItIsReadAndItsFileStaysUntilItIsClosed() throws IOException {
        UnaryOperator<ReplicaConfig.Builder> often = config -> config.snapshots(
                SnapshotPolicy.defaults().withIntervalEntries(1).withRetainedCount(1));
        try (var cluster = new TestCluster(1, StorageKind.WAL, dir, often).start()) {
            cluster.applied(1, "before");
            var backup = backup(cluster, 1, ReadOptions.LINEARIZABLE);
            var out = new ByteArrayOutputStream();
            var piece = ByteBuffer.allocate(7);
            int commands = 0;
            while (backup.read(piece.clear()) >= 0) {
                out.write(piece.array(), 0, piece.position());
                if (commands < 20) {
                    cluster.applied(1, "later" + commands);
                    commands++;
                    assertThat(TestCluster.get(cluster.replica(1).takeSnapshot()))
                            .isInstanceOf(SnapshotOutcome.Taken.class);
                }
            }
            assertThat(commands).isEqualTo(20);
            var name = "%020d-".formatted(backup.index());
            assertThat(snapshots(1)).anyMatch(file -> file.startsWith(name));
            backup.close();
            cluster.applied(1, "last");
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(snapshots(1)).noneMatch(file -> file.startsWith(name)));

            var file = Files.write(dir.resolve("copy"), out.toByteArray());
            assertThat(section(file, LedgerMachine.NAME)).contains("before").doesNotContain("last");
        }
    }

    @Test
    void followerHasWhatTheLeaderAcknowledgedBefore() throws IOException {
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            for (int round = 0; round < 5; round++) {
                cluster.applied(leader, "round" + round);
                var file = written(backup(cluster, follower, ReadOptions.LINEARIZABLE));
                assertThat(section(file, LedgerMachine.NAME)).contains("round" + round);
                Files.delete(file);
            }
        }
    }

    @Test
    void withoutAMajorityOnlyWhatTheMemberHasIsToBeHad() throws IOException {
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            long left = cluster.awaitLeader();
            cluster.applied(left, "kept");
            for (long id = 1; id <= 3; id++) {
                if (id != left) {
                    cluster.replica(id).stop();
                }
            }
            var fresh = ReadOptions.LINEARIZABLE.withTimeout(Duration.ofMillis(300));
            assertThat(TestCluster.get(cluster.replica(left).backup(fresh)))
                    .isInstanceOfSatisfying(BackupOutcome.Refused.class, refused -> assertThat(refused.reason())
                            .isIn(RefusalReason.TIMED_OUT, RefusalReason.NO_LEADER));
            var file = written(backup(cluster, left, LOCAL));
            assertThat(section(file, LedgerMachine.NAME)).contains("kept");
        }
    }

    @Test
    void stateInADatabaseIsInIt() throws IOException {
        var database = new DurableMachine.Database();
        try (var cluster = new TestCluster(
                        1,
                        StorageKind.WAL,
                        dir,
                        UnaryOperator.identity(),
                        id -> Map.of(DurableMachine.NAME, new DurableMachine(database)))
                .start()) {
            TestCluster.get(cluster.replica(1).submit(DurableMachine.NAME, "row".getBytes(UTF_8), null));
            assertThat(section(written(backup(cluster, 1, LOCAL)), DurableMachine.NAME))
                    .contains("row");
            assertThat(database.exports()).isEqualTo(1);
        }
    }

    @Test
    void damageOfTheFileEndsTheReadingBeforeItsEnd() throws IOException {
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            cluster.applied(1, "x".repeat(200_000));
            for (double place : new double[] {0.0001, 0.5, 0.9999, 1}) {
                try (var damaged = backup(cluster, 1, LOCAL)) {
                    flip(damaged.index(), place);
                    var out = new ByteArrayOutputStream();
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> damaged.writeTo(Channels.newChannel(out)))
                            .withMessageContaining("not on the disk as it was written");
                    assertThat((long) out.size()).isLessThan(damaged.length());
                    flip(damaged.index(), place);
                }
                var out = new ByteArrayOutputStream();
                try (var whole = backup(cluster, 1, LOCAL)) {
                    whole.writeTo(Channels.newChannel(out));
                    assertThat((long) out.size()).isEqualTo(whole.length());
                }
            }
        }
    }

    /** Flips a bit of a snapshot file, as far behind its beginning as the part of its length says. */
    private void flip(long index, double place) throws IOException {
        var file = dir.resolve("node1")
                .resolve("snapshots")
                .resolve(snapshots(1).stream()
                        .filter(name -> name.startsWith("%020d-".formatted(index)))
                        .findFirst()
                        .orElseThrow());
        var bytes = Files.readAllBytes(file);
        bytes[(int) (place * (bytes.length - 1))] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void whoDoesNotWaitAnyMoreLeavesNothingPinned() throws Exception {
        var gated = new GatedSnapshots();
        UnaryOperator<ReplicaConfig.Builder> one =
                config -> config.snapshots(SnapshotPolicy.defaults().withRetainedCount(1));
        try (var cluster = new TestCluster(1, StorageKind.WAL, dir, one, id -> Map.of("gated", gated)).start()) {
            cluster.applied(1, "a");
            var given = cluster.replica(1).backup(LOCAL);
            gated.asked.await();
            given.cancel(true);
            gated.open.countDown();
            long first =
                    ((SnapshotOutcome.Taken) TestCluster.get(cluster.replica(1).takeSnapshot())).index();
            cluster.applied(1, "b");
            assertThat(TestCluster.get(cluster.replica(1).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            cluster.applied(1, "c");
            assertThat(TestCluster.get(cluster.replica(1).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(snapshots(1))
                    .isNotEmpty()
                    .allMatch(name -> name.compareTo("%020d-".formatted(first + 1)) > 0));
        }
    }

    @Test
    void memberThatStopsAnswersWhoWaits() throws Exception {
        var gated = new GatedSnapshots();
        try (var cluster = new TestCluster(
                        1, StorageKind.WAL, dir, UnaryOperator.identity(), id -> Map.of("gated", gated))
                .start()) {
            cluster.applied(1, "a");
            var waiting = cluster.replica(1).backup(LOCAL);
            gated.asked.await();
            cluster.replica(1).stop();
            assertThat(TestCluster.get(waiting)).isInstanceOf(BackupOutcome.NotMade.class);
            assertThat(TestCluster.get(cluster.replica(1).backup(LOCAL))).isInstanceOf(BackupOutcome.NotMade.class);
        }
    }

    /** Writes nothing before it is told to. */
    private static final class GatedSnapshots implements StateMachine {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            return command;
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }

        @Override
        public SnapshotWriter snapshot() {
            return out -> {
                asked.countDown();
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
            };
        }

        @Override
        public void restore(InputStream snapshot) {
            // It has no state.
        }
    }
}
