package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.snapshot.SnapshotKind;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotSections;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A snapshot that can't be taken stops nobody, and costs nothing but room in the log. */
class SnapshotFailureTests {
    enum Fault {
        NONE,
        CAPTURE_THROWS,
        CAPTURE_OVERFLOWS,
        CAPTURE_RETURNS_NULL,
        WRITER_THROWS,
        WRITER_FAILS,
        WRITER_TIMES_OUT,
        WRITER_OVERFLOWS
    }

    /** Has no state, and a fault in giving it. */
    private static final class Unsaved implements StateMachine {
        private volatile Fault fault = Fault.NONE;

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            return new byte[0];
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }

        @Override
        @SuppressWarnings("NullAway") // one of the faults
        public SnapshotWriter snapshot() {
            return switch (fault) {
                case NONE -> out -> {};
                case CAPTURE_THROWS -> throw new IllegalStateException("save() has a fault");
                case CAPTURE_OVERFLOWS -> throw new StackOverflowError("save() has a fault");
                case CAPTURE_RETURNS_NULL -> null;
                case WRITER_THROWS ->
                    out -> {
                        throw new IllegalStateException("write() has a fault");
                    };
                case WRITER_FAILS ->
                    out -> {
                        throw new IOException("write() has a fault");
                    };
                case WRITER_TIMES_OUT ->
                    out -> {
                        throw new SocketTimeoutException("write() has a fault");
                    };
                case WRITER_OVERFLOWS ->
                    out -> {
                        throw new StackOverflowError("write() has a fault");
                    };
            };
        }

        @Override
        public void restore(InputStream in) {}
    }

    private final Unsaved unsaved = new Unsaved();

    private TestCluster cluster(UnaryOperator<ReplicaConfig.Builder> change) {
        return new TestCluster(1, StorageKind.MEMORY, Path.of("unused"), change, id -> Map.of("unsaved", unsaved));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void memberGoesOnSaysSoAndTakesTheNextOne(Fault fault) {
        try (var cluster = cluster(UnaryOperator.identity()).start()) {
            cluster.applied(1, "a");
            unsaved.fault = fault;
            for (int i = 0; i < 2; i++) {
                assertThat(TestCluster.get(cluster.replica(1).takeSnapshot()))
                        .isInstanceOfSatisfying(
                                SnapshotOutcome.NotTaken.class, notTaken -> assertThat(notTaken.message())
                                        .containsAnyOf("has a fault", "returned null"));
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(1).status()).snapshotFailure() != null);
            cluster.applied(1, "b");

            unsaved.fault = Fault.NONE;
            assertThat(TestCluster.get(cluster.replica(1).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(1).status()).snapshotFailure() == null);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CAPTURE_OVERFLOWS", "WRITER_OVERFLOWS"})
    void oneThatCameInDueCourseIsTriedAgainAndTheLogStays(Fault fault) {
        unsaved.fault = fault;
        try (var cluster = cluster(config -> config.snapshots(
                        SnapshotPolicy.defaults().withIntervalEntries(10).withKeepEntries(0)))
                .start()) {
            for (int i = 0; i < 30; i++) {
                cluster.applied(1, "a" + i);
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(1).status()).snapshotFailure() != null);
            assertThat(TestCluster.get(cluster.replica(1).status()).firstIndex())
                    .isEqualTo(2);
            unsaved.fault = Fault.NONE;
            // No command comes any more: the next try is due by the failure alone.
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(1).status()).snapshotIndex() > 1);
            cluster.applied(1, "more");
        }
    }

    @Test
    void taskThatNobodyTakesIsAnswered() throws Exception {
        var givenUp = new AtomicInteger();
        var request = new CompletableFuture<SnapshotOutcome>();
        try (var storage = MemberStorage.open(
                new MemoryDisk(),
                Path.of("/data"),
                new IdentityRequest("raft", "default", 1, List.of(), false),
                StorageOptions.defaults())) {
            var maker = new SnapshotMaker(
                    storage.snapshots(),
                    1,
                    task -> {
                        throw new RejectedExecutionException("stopping");
                    },
                    snapshot -> {});
            var captured = SnapshotSections.capture(SnapshotKind.COMPLETE, new SystemMachine(1), Map.of());
            maker.make(
                    new SnapshotMaker.Task(captured, 5, 1, ConfState.getDefaultInstance(), List.of(request)),
                    new SnapshotMaker.Done() {
                        @Override
                        public void written(SnapshotKind kind, long index, long sizeBytes) {}

                        @Override
                        public void failed(String why) {}

                        @Override
                        public void givenUp() {
                            givenUp.incrementAndGet();
                        }
                    });
        }
        assertThat(givenUp).hasValue(1);
        assertThat(request).isCompletedWithValue(new SnapshotOutcome.NotTaken("the member is stopping"));
    }
}
