package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.transport.SnapshotSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Followers that need a snapshot while commands keep coming. */
class CatchUpTests {
    private static final Duration TRANSFER_TIME = Duration.ofMillis(700);

    @TempDir
    Path dir;

    private static UnaryOperator<ReplicaConfig.Builder> often(UnaryOperator<SnapshotPolicy> change) {
        return config -> config.snapshots(
                change.apply(SnapshotPolicy.defaults().withIntervalEntries(300).withKeepEntries(100)));
    }

    private static ReplicaStatus status(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).status());
    }

    /** One command after the other is submitted meanwhile. */
    private static void underLoad(TestCluster cluster, long id, Runnable what) {
        var stopped = new AtomicBoolean();
        var writer = new Thread(() -> {
            while (!stopped.get()) {
                cluster.submit(id, "b");
                cluster.machine(id).forget();
            }
        });
        writer.start();
        try {
            what.run();
        } finally {
            stopped.set(true);
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void fill(TestCluster cluster, long leader, int count) {
        for (int i = 0; i < count; i++) {
            cluster.applied(leader, "a");
        }
    }

    /** The log is kept a little longer for a member that was heard of just now. */
    private static void awaitCompacted(TestCluster cluster, long leader, long index) {
        await().atMost(TestCluster.PATIENCE).until(() -> status(cluster, leader).firstIndex() > index);
    }

    private static void awaitCaughtUp(TestCluster cluster, long leader, long follower) {
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
            var progress =
                    Objects.requireNonNull(status(cluster, leader).progress().get(follower));
            assertThat(progress.state()).isEqualTo("replicate");
            assertThat(progress.matchIndex())
                    .isGreaterThan(status(cluster, leader).commitIndex() - 100);
        });
    }

    @Test
    void followerThatNeedsASnapshotCatchesUpUnderLoad() {
        try (var cluster = new TestCluster(3, StorageKind.MEMORY, Path.of("unused"), often(policy -> policy)).start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            fill(cluster, leader, 1_000);
            awaitCompacted(cluster, leader, 600);
            cluster.transferTime(TRANSFER_TIME);
            underLoad(cluster, leader, () -> {
                cluster.replica(behind).start();
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> status(cluster, behind).appliedIndex() > 1_000);
                awaitCaughtUp(cluster, leader, behind);
                assertThat(cluster.snapshotsSent()).hasSizeLessThan(3);
                // Nor is the log kept any longer than that.
                long index = status(cluster, leader).commitIndex();
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> status(cluster, leader).firstIndex() > index);
                assertThat(cluster.snapshotsSent()).hasSizeLessThan(3);
            });
        }
    }

    @Test
    void twoFollowersCatchUpAtOnceUnderLoad() {
        try (var cluster = new TestCluster(5, StorageKind.MEMORY, Path.of("unused"), often(policy -> policy)).start()) {
            long leader = cluster.awaitLeader();
            long first = cluster.otherThan(leader);
            long second = List.of(1L, 2L, 3L).stream()
                    .filter(id -> id != leader && id != first)
                    .findFirst()
                    .orElseThrow();
            cluster.replica(first).stop();
            cluster.replica(second).stop();
            fill(cluster, leader, 700);
            awaitCompacted(cluster, leader, 300);
            cluster.transferTime(TRANSFER_TIME);
            underLoad(cluster, leader, () -> {
                cluster.replica(first).start();
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> !cluster.snapshotsSent().isEmpty());
                cluster.replica(second).start();
                awaitCaughtUp(cluster, leader, first);
                awaitCaughtUp(cluster, leader, second);
                assertThat(cluster.snapshotsSent()).hasSizeLessThan(5);
            });
        }
    }

    @Test
    void logIsNotKeptBeyondItsBudget() {
        var none = often(policy -> policy.withMaxKeptLogBytes(0));
        try (var cluster = new TestCluster(3, StorageKind.MEMORY, Path.of("unused"), none).start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            fill(cluster, leader, 1_000);
            awaitCompacted(cluster, leader, 600);
            cluster.transferTime(Duration.ofSeconds(5));
            cluster.replica(behind).start();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.snapshotsSent().isEmpty());
            long sent = cluster.snapshotsSent().peek();
            fill(cluster, leader, 1_000);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, leader).firstIndex() > sent + 1);
        }
    }

    /** Lets no transfer get beyond so many bytes of its file, until it is told to. */
    private static final class Breaking implements UnaryOperator<SnapshotSource> {
        private final AtomicBoolean breaks = new AtomicBoolean(true);
        private final AtomicLong firstReadAt = new AtomicLong(-1);

        @Override
        public SnapshotSource apply(SnapshotSource source) {
            firstReadAt.set(-1);
            return new SnapshotSource() {
                @Override
                public long length() {
                    return source.length();
                }

                @Override
                public int read(long offset, ByteBuffer target) throws IOException {
                    firstReadAt.compareAndSet(-1, offset);
                    if (breaks.get() && offset >= 2_000) {
                        throw new IOException("broken on purpose");
                    }
                    target.limit(Math.min(target.limit(), target.position() + 1_000));
                    return source.read(offset, target);
                }

                @Override
                public void close() {
                    source.close();
                }
            };
        }
    }

    private List<String> parts(long id) throws IOException {
        try (var files = Files.list(dir.resolve("node" + id).resolve("snapshots"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".part"))
                    .toList();
        }
    }

    @Test
    void receiverThatWasRestartedGoesOnWithTheSnapshotItHasAPartOf() throws IOException {
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, often(policy -> policy)).start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            cluster.applied(leader, "x".repeat(10_000));
            fill(cluster, leader, 1_000);
            awaitCompacted(cluster, leader, 600);
            var breaking = new Breaking();
            cluster.sources(breaking);
            @Nullable String begun = null;
            for (int i = 0; i < 3; i++) {
                cluster.snapshotsSent().clear();
                cluster.renew(behind).start();
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> !cluster.snapshotsSent().isEmpty());
                // By now there are newer snapshots, of which the receiver has nothing.
                fill(cluster, leader, 500);
                cluster.replica(behind).stop();
                assertThat(parts(behind)).hasSize(1);
                begun = begun == null ? parts(behind).get(0) : begun;
                assertThat(parts(behind)).containsExactly(begun);
            }
            cluster.snapshotsSent().clear();
            breaking.breaks.set(false);
            cluster.renew(behind).start();
            awaitCaughtUp(cluster, leader, behind);
            assertThat(cluster.snapshotsSent())
                    .containsExactly(
                            Long.parseLong(Objects.requireNonNull(begun).substring(0, 20)));
            assertThat(breaking.firstReadAt).hasValueGreaterThan(0);
            assertThat(parts(behind)).isEmpty();
        }
    }

    @Test
    void exportThatWasMadeForAFollowerIsOfUseWhenItIsReady() {
        // Each member's own snapshots are local; the one that is sent has to be made, and then the log has to be there.
        var database = Map.of(
                1L, new DurableMachine.Database(),
                2L, new DurableMachine.Database(),
                3L, new DurableMachine.Database());
        try (var cluster = new TestCluster(
                        3,
                        StorageKind.WAL,
                        dir,
                        often(policy -> policy.withIntervalEntries(50).withKeepEntries(0)),
                        id -> Map.of(DurableMachine.NAME, new DurableMachine(Objects.requireNonNull(database.get(id)))))
                .start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            TestCluster.get(cluster.replica(leader).submit(DurableMachine.NAME, "row".getBytes(UTF_8), null));
            fill(cluster, leader, 300);
            awaitCompacted(cluster, leader, 200);
            cluster.transferTime(TRANSFER_TIME);
            underLoad(cluster, leader, () -> {
                cluster.replica(behind).start();
                awaitCaughtUp(cluster, leader, behind);
                assertThat(cluster.snapshotsSent()).hasSizeLessThan(3);
                assertThat(Objects.requireNonNull(database.get(behind)).rows()).containsExactly("row");
            });
        }
    }
}
