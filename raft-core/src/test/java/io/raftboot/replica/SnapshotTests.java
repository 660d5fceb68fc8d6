package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of members at work: when they are taken, what is kept, who gets them. */
class SnapshotTests {
    @TempDir
    Path dir;

    private static UnaryOperator<ReplicaConfig.Builder> policy(UnaryOperator<SnapshotPolicy> change) {
        return config -> config.snapshots(change.apply(SnapshotPolicy.defaults()));
    }

    private static List<String> fill(TestCluster cluster, long id, String prefix, int count) {
        var commands = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            commands.add(prefix + i);
            cluster.applied(id, prefix + i);
        }
        return commands;
    }

    private static ReplicaStatus status(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).status());
    }

    private static SnapshotOutcome.Taken take(TestCluster cluster, long id) {
        var outcome = TestCluster.get(cluster.replica(id).takeSnapshot());
        assertThat(outcome).isInstanceOf(SnapshotOutcome.Taken.class);
        return (SnapshotOutcome.Taken) outcome;
    }

    private List<String> files(long id) throws IOException {
        try (var files = Files.list(dir.resolve("node" + id).resolve("snapshots"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void snapshotIsTakenByHandAndCoversWhatWasApplied() throws IOException {
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            long index = cluster.applied(1, "a").index();
            var taken = take(cluster, 1);
            assertThat(taken.index()).isGreaterThanOrEqualTo(index);
            assertThat(taken.sizeBytes()).isPositive();
            await().atMost(TestCluster.PATIENCE).until(() -> status(cluster, 1).snapshotIndex() >= taken.index());
            // The member's own announcement may come in between; then nothing is applied any more.
            await().atMost(TestCluster.PATIENCE).until(() -> take(cluster, 1).equals(take(cluster, 1)));
            assertThat(files(1)).hasSizeBetween(1, 2);
        }
        var stopped = TestCluster.onDisk(1, dir).replica(1);
        assertThat(TestCluster.get(stopped.takeSnapshot())).isInstanceOf(SnapshotOutcome.NotTaken.class);
    }

    @Test
    void bytesOfTheLogMakeASnapshotDue() throws IOException {
        var bytes = policy(policy -> policy.withIntervalBytes(10_000));
        try (var cluster = new TestCluster(1, StorageKind.WAL, dir, bytes).start()) {
            cluster.applied(1, "x".repeat(5_000));
            assertThat(files(1)).isEmpty();
            cluster.applied(1, "x".repeat(5_000));
            await().atMost(TestCluster.PATIENCE).until(() -> files(1).size() == 1);
        }
    }

    @Test
    void asManyFilesAreKeptAsWasAskedFor() throws IOException {
        var three = policy(policy -> policy.withRetainedCount(3));
        try (var cluster = new TestCluster(1, StorageKind.WAL, dir, three).start()) {
            var taken = new ArrayList<Long>();
            for (int i = 0; i < 6; i++) {
                cluster.applied(1, "c" + i);
                taken.add(take(cluster, 1).index());
            }
            await().atMost(TestCluster.PATIENCE).until(() -> files(1).size() == 3);
            assertThat(files(1).get(0)).startsWith("%020d".formatted(taken.get(3)));
        }
    }

    @Test
    void commandsGoOnBeingAppliedWhileASlowWriterWrites() {
        var slow = new SlowWriter();
        try (var cluster = new TestCluster(
                        1, StorageKind.WAL, dir, UnaryOperator.identity(), id -> Map.of("slow", slow))
                .start()) {
            cluster.applied(1, "before");
            var outcome = cluster.replica(1).takeSnapshot();
            pass(slow.writing);
            var commands = fill(cluster, 1, "meanwhile", 100);
            assertThat(cluster.read(1, Consistency.LINEARIZABLE)).endsWith("meanwhile99");
            assertThat(outcome).isNotDone();
            slow.mayEnd.countDown();
            var taken = (SnapshotOutcome.Taken) TestCluster.get(outcome);
            assertThat(taken.index()).isLessThan(status(cluster, 1).appliedIndex() - commands.size() + 1);
        }
    }

    @Test
    void entriesAreKeptBehindASnapshotForSlowFollowers() {
        var keep = policy(policy -> policy.withKeepEntries(30));
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, keep).start()) {
            long leader = cluster.awaitLeader();
            long slow = cluster.otherThan(leader);
            var commands = new ArrayList<>(fill(cluster, leader, "a", 50));
            cluster.awaitCommands(commands);
            cluster.replica(slow).stop();
            commands.addAll(fill(cluster, leader, "b", 20));
            long index = take(cluster, leader).index();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, leader).firstIndex() == index - 30 + 1);
            cluster.replica(slow).start();
            cluster.awaitCommands(commands);
            // By entries: it has no snapshot.
            assertThat(status(cluster, slow).snapshotIndex()).isZero();
        }
    }

    @Test
    void memberThatIsAddedGetsASnapshotThatKnowsIt() {
        var none = policy(policy -> policy.withKeepEntries(0));
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, none).start()) {
            long leader = cluster.awaitLeader();
            var commands = new ArrayList<>(fill(cluster, leader, "a", 20));
            // Its configuration does not have the new member, and the log before it is gone.
            long index = take(cluster, leader).index();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, leader).firstIndex() > index);
            cluster.change(leader, ConfChangeType.CONF_CHANGE_ADD_NODE, 4);
            cluster.join(4).start();
            commands.addAll(fill(cluster, leader, "b", 5));
            cluster.awaitCommands(commands);
            assertThat(status(cluster, 4).snapshotIndex()).isGreaterThan(index);
            assertThat(status(cluster, 4).configuration().voters()).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    private TestCluster withOneBehindASnapshot(long[] leaderAndBehind, List<String> commands) {
        var none = policy(policy -> policy.withKeepEntries(0));
        var cluster = new TestCluster(3, StorageKind.WAL, dir, none).start();
        long leader = cluster.awaitLeader();
        long behind = cluster.otherThan(leader);
        cluster.replica(behind).stop();
        commands.addAll(fill(cluster, leader, "a", 20));
        take(cluster, leader);
        await().atMost(TestCluster.PATIENCE).until(() -> status(cluster, leader).firstIndex() > 20);
        leaderAndBehind[0] = leader;
        leaderAndBehind[1] = behind;
        return cluster;
    }

    @Test
    void transferThatFailsIsReportedAndTriedAgain() {
        var ids = new long[2];
        var commands = new ArrayList<String>();
        try (var cluster = withOneBehindASnapshot(ids, commands)) {
            cluster.snapshotsToLose().set(3);
            cluster.replica(ids[1]).start();
            cluster.awaitCommands(commands);
            assertThat(cluster.snapshotsToLose()).hasValue(0);
        }
    }

    @Test
    void snapshotWhoseFileIsGoneIsMadeAnew() throws IOException {
        var ids = new long[2];
        var commands = new ArrayList<String>();
        try (var cluster = withOneBehindASnapshot(ids, commands)) {
            for (String file : files(ids[0])) {
                Files.delete(dir.resolve("node" + ids[0]).resolve("snapshots").resolve(file));
            }
            cluster.replica(ids[1]).start();
            commands.addAll(fill(cluster, ids[0], "b", 3));
            cluster.awaitCommands(commands);
        }
    }

    // --- machines that keep their state themselves ----------------------------------------------------------------

    private final Map<Long, DurableMachine.Database> databases = Map.of(
            1L, new DurableMachine.Database(), 2L, new DurableMachine.Database(), 3L, new DurableMachine.Database());

    private DurableMachine.Database database(long id) {
        return Objects.requireNonNull(databases.get(id));
    }

    private TestCluster withDatabases(int size, UnaryOperator<SnapshotPolicy> change) {
        return new TestCluster(
                size,
                StorageKind.WAL,
                dir,
                policy(change),
                id -> Map.of(DurableMachine.NAME, new DurableMachine(database(id))));
    }

    private static void write(TestCluster cluster, long id, String row) {
        assertThat(TestCluster.get(cluster.replica(id).submit(DurableMachine.NAME, row.getBytes(UTF_8), null)))
                .isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void localSnapshotHoldsNoExportAndSurvivesALossOfPower() {
        var database = database(1);
        try (var cluster = withDatabases(
                        1, policy -> policy.withIntervalEntries(20).withKeepEntries(0))
                .start()) {
            write(cluster, 1, "r1");
            var commands = fill(cluster, 1, "a", 30);
            await().atMost(TestCluster.PATIENCE).until(() -> status(cluster, 1).firstIndex() > 10);
            write(cluster, 1, "r2");
            assertThat(database.exports()).isZero();
            cluster.replica(1).stop();
            database.losePower();
            assertThat(database.rows()).containsExactly("r1");

            cluster.renew(1).start();
            assertThat(database.rows()).containsExactly("r1", "r2");
            assertThat(database.imports()).isZero();
            cluster.awaitCommands(commands);
        }
    }

    @Test
    void logIsNotCompactedBeyondWhatTheMachineHasForced() {
        var database = database(1);
        database.stopForcing();
        try (var cluster = withDatabases(
                        1, policy -> policy.withIntervalEntries(20).withKeepEntries(0))
                .start()) {
            write(cluster, 1, "r1");
            fill(cluster, 1, "a", 50);
            assertThat(status(cluster, 1).firstIndex()).isLessThan(5);
            cluster.replica(1).stop();
            database.losePower();
            assertThat(database.rows()).isEmpty();
            cluster.renew(1).start();
            assertThat(database.rows()).containsExactly("r1");
        }
    }

    @Test
    void machineThatLostWhatItHadForcedIsRefused() {
        var database = database(1);
        try (var cluster = withDatabases(
                        1, policy -> policy.withIntervalEntries(20).withKeepEntries(0))
                .start()) {
            write(cluster, 1, "r1");
            fill(cluster, 1, "a", 30);
            await().atMost(TestCluster.PATIENCE).until(() -> status(cluster, 1).firstIndex() > 10);
            cluster.replica(1).stop();
            database.lose();
            var renewed = cluster.renew(1);
            assertThatExceptionOfType(ReplicaStartException.class)
                    .isThrownBy(renewed::start)
                    .withMessageContaining("'durable'")
                    .withMessageContaining("had forced its own state up to");
        }
    }

    @Test
    void memberFarBehindGetsAnExportThatIsMadeForIt() {
        try (var cluster = withDatabases(
                        3, policy -> policy.withIntervalEntries(20).withKeepEntries(0))
                .start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            write(cluster, leader, "r1");
            var commands = fill(cluster, leader, "a", 60);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, leader).firstIndex() > 30);
            assertThat(database(leader).exports()).isZero();
            cluster.replica(behind).start();
            cluster.awaitCommands(commands);
            assertThat(database(behind).rows()).containsExactly("r1");
            assertThat(database(behind).imports()).isPositive();
            assertThat(database(leader).exports()).isPositive();
        }
    }

    @Test
    void olderSnapshotDoesNotOverwriteNewerDurableData() {
        try (var cluster = withDatabases(1, policy -> policy.withKeepEntries(0)).start()) {
            write(cluster, 1, "r1");
            take(cluster, 1);
            write(cluster, 1, "r2");
            cluster.replica(1).stop();
            cluster.renew(1).start();
            assertThat(database(1).rows()).containsExactly("r1", "r2");
            assertThat(database(1).imports()).isZero();
        }
    }

    @Test
    void exportThatIsNewerThanItsSnapshotIsAppliedNothingTwice() {
        try (var cluster = withDatabases(
                        3, policy -> policy.withIntervalEntries(20).withKeepEntries(0))
                .start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            var rows = new ArrayList<>(List.of("early"));
            var added = new CompletableFuture<Void>();
            write(cluster, leader, "early");
            fill(cluster, leader, "a", 60);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, leader).firstIndex() > 30);
            // What the export holds is decided when it is written: by then there are more rows than when it was due.
            database(leader).beforeExport(() -> {
                for (int i = 0; i < 5; i++) {
                    rows.add("late" + i);
                    write(cluster, leader, "late" + i);
                }
                added.complete(null);
            });
            cluster.replica(behind).start();
            await().atMost(TestCluster.PATIENCE).until(added::isDone);
            await().atMost(TestCluster.PATIENCE).until(() -> database(behind).imports() > 0);
            write(cluster, leader, "last");
            rows.add("last");
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(database(behind).rows()).isEqualTo(rows));
        }
    }

    @Test
    void memberStartsWithAnExportThatIsNewerThanItsLog() {
        try (var cluster = withDatabases(1, policy -> policy).start()) {
            write(cluster, 1, "r1");
            cluster.replica(1).stop();
            long index = database(1).position().appliedIndex();
            database(1).moveTo(new DurableStateMachine.Position(index + 1, index));
            cluster.renew(1).start();
            write(cluster, 1, "r2");
            assertThat(database(1).rows()).containsExactly("r1", "r2");
        }
    }

    @Test
    void machineThatIsNewerThanItsLogWithoutASnapshotIsRefused() {
        try (var cluster = withDatabases(1, policy -> policy).start()) {
            write(cluster, 1, "r1");
            cluster.replica(1).stop();
            long index = database(1).position().appliedIndex();
            database(1).moveTo(new DurableStateMachine.Position(index + 7, index + 7));
            var renewed = cluster.renew(1);
            assertThatExceptionOfType(ReplicaStartException.class)
                    .isThrownBy(renewed::start)
                    .withMessageContaining("they don't belong together");
        }
    }

    @Test
    void sessionsOfAMachineThatKeepsItsStateSurviveWithIt() {
        try (var cluster = withDatabases(
                        1, policy -> policy.withIntervalEntries(20).withKeepEntries(0))
                .start()) {
            assertThat(once(cluster, "k1", "r1")).isInstanceOf(Outcome.Applied.class);
            fill(cluster, 1, "a", 30);
            await().atMost(TestCluster.PATIENCE).until(() -> status(cluster, 1).firstIndex() > 10);
            assertThat(once(cluster, "k2", "r2")).isInstanceOf(Outcome.Applied.class);
            cluster.replica(1).stop();
            database(1).losePower();

            cluster.renew(1).start();
            assertThat(once(cluster, "k1", "r1")).isInstanceOf(Outcome.Applied.class);
            assertThat(once(cluster, "k2", "r2")).isInstanceOf(Outcome.Applied.class);
            assertThat(once(cluster, "k2", "other"))
                    .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(RefusalReason.KEY_REUSED));
            assertThat(database(1).rows()).containsExactly("r1", "r2");
        }
    }

    private static Outcome once(TestCluster cluster, String key, String row) {
        return TestCluster.get(cluster.replica(1).submitOnce(DurableMachine.NAME, row.getBytes(UTF_8), key, null));
    }

    @Test
    void stateThatAnExportOfItsOwnAlreadyHoldsIsNotImported() {
        try (var cluster = withDatabases(1, policy -> policy.withKeepEntries(0)).start()) {
            write(cluster, 1, "r1");
            fill(cluster, 1, "a", 5);
            take(cluster, 1);
            assertThat(database(1).exports()).isEqualTo(1);
            cluster.replica(1).stop();
            cluster.renew(1).start();
            write(cluster, 1, "r2");
            assertThat(database(1).rows()).containsExactly("r1", "r2");
            assertThat(database(1).imports()).isZero();
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(TestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Its snapshot takes until it is let go. */
    private static final class SlowWriter implements StateMachine {
        private final CountDownLatch writing = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);

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
                out.write(1);
                writing.countDown();
                pass(mayEnd);
            };
        }

        @Override
        public void restore(InputStream snapshot) {}
    }
}
