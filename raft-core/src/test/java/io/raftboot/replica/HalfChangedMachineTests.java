package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.config.StorageKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A machine that was left in the middle of something, and the next start of the same replica. */
class HalfChangedMachineTests {
    private final Map<Long, Counter> counters = new TreeMap<>();

    /** Counts, and then fails if it is told to. */
    static final class Counter implements StateMachine {
        static final String NAME = "counter";

        private final AtomicInteger count = new AtomicInteger();
        private volatile @Nullable Supplier<Error> fault;
        private volatile boolean failsInRestore;

        private void failWith(Supplier<Error> newFault) {
            fault = newFault;
        }

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            count.incrementAndGet();
            fail();
            return new byte[0];
        }

        private void fail() {
            var now = fault;
            if (now != null) {
                fault = null;
                throw now.get();
            }
        }

        @Override
        public byte[] query(byte[] query) {
            return new byte[0];
        }

        @Override
        public SnapshotWriter snapshot() {
            int now = count.get();
            return out -> out.write(now);
        }

        @Override
        public void restore(InputStream in) throws IOException {
            count.set(0);
            if (failsInRestore) {
                failsInRestore = false;
                throw new StackOverflowError("nested too deeply");
            }
            count.set(in.read());
        }
    }

    private TestCluster cluster(Path dir) {
        return new TestCluster(
                3,
                StorageKind.WAL,
                dir,
                UnaryOperator.identity(),
                id -> Map.of(Counter.NAME, counters.computeIfAbsent(id, any -> new Counter())));
    }

    private Counter counter(long id) {
        return Objects.requireNonNull(counters.get(id));
    }

    private static void count(TestCluster cluster, long id) {
        assertThat(TestCluster.get(cluster.replica(id).submit(Counter.NAME, new byte[0], null)))
                .isInstanceOf(Outcome.Applied.class);
    }

    private static void awaitFailed(TestCluster cluster, long id) {
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.replica(id).state() == ReplicaState.FAILED);
    }

    static Stream<Supplier<Error>> faults() {
        return Stream.of(() -> new OutOfMemoryError("while it logs what it has done"), StackOverflowError::new);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void machineIsBroughtBackFromTheSnapshotAndTheLogBehindIt(Supplier<Error> fault, @TempDir Path dir) {
        try (var cluster = cluster(dir).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            count(cluster, leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> counter(follower).count.get() == 1);
            assertThat(TestCluster.get(cluster.replica(follower).takeSnapshot()))
                    .isInstanceOf(SnapshotOutcome.Taken.class);
            count(cluster, leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> counter(follower).count.get() == 2);
            counter(follower).failWith(fault);
            count(cluster, leader);
            awaitFailed(cluster, follower);

            cluster.replica(follower).stop();
            cluster.replica(follower).start();

            cluster.applied(leader, "b");
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(follower).commands().contains("b"));
            assertThat(counter(follower).count).hasValue(3);
        }
    }

    @Test
    void startWithoutASnapshotIsRefusedByNameAndANewProcessStarts(@TempDir Path dir) {
        try (var cluster = cluster(dir).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            cluster.applied(leader, "a");
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(follower).commands().contains("a"));
            counter(follower).failWith(() -> new OutOfMemoryError("in the middle"));
            count(cluster, leader);
            awaitFailed(cluster, follower);
            cluster.replica(follower).stop();

            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(ReplicaStartException.class)
                        .isThrownBy(() -> cluster.replica(follower).start())
                        .withMessageContaining("'counter' was left in the middle of the command at index")
                        .withMessageContaining("Restart the application");
            }
            counters.remove(follower);
            cluster.renew(follower).start();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> counter(follower).count.get() == 1);
        }
    }

    @Test
    void restoreThatFailedHalfWayIsDoneAgain(@TempDir Path dir) {
        try (var cluster = cluster(dir).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            count(cluster, leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> counter(follower).count.get() == 1);
            assertThat(TestCluster.get(cluster.replica(follower).takeSnapshot()))
                    .isInstanceOf(SnapshotOutcome.Taken.class);
            counter(follower).failWith(() -> new OutOfMemoryError("in the middle"));
            count(cluster, leader);
            awaitFailed(cluster, follower);
            cluster.replica(follower).stop();
            counter(follower).failsInRestore = true;

            assertThatExceptionOfType(ReplicaStartException.class)
                    .isThrownBy(() -> cluster.replica(follower).start())
                    .withMessageContaining("'counter' can't read its state")
                    .withMessageContaining("nested too deeply");
            cluster.replica(follower).start();

            await().atMost(TestCluster.PATIENCE)
                    .until(() -> counter(follower).count.get() == 2);
        }
    }
}
