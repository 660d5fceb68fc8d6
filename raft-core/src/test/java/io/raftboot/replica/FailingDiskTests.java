package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A member whose disk fails under it, in a group that goes on. */
class FailingDiskTests {
    /** It is written and forced, and then noted how far. */
    private static final int CHANGES_OF_A_BATCH = 3;

    /** What of the log can fail, each while commands are under way. */
    enum Fault {
        WRITE_OF_A_BATCH(Operation.WRITE, ".wal"),
        FORCE_OF_A_BATCH(Operation.FORCE, ".wal"),
        NOTE_OF_WHAT_WAS_FORCED(Operation.WRITE, "forced"),
        CREATION_OF_THE_NEXT_SEGMENT(Operation.CREATE, ".wal.tmp"),
        WRITE_OF_THE_NEXT_SEGMENT(Operation.WRITE, ".wal.tmp"),
        FORCE_OF_THE_NEXT_SEGMENT(Operation.FORCE, ".wal.tmp"),
        NAME_OF_THE_NEXT_SEGMENT(Operation.RENAME, ".wal"),
        FORCE_OF_THE_DIRECTORY(Operation.FORCE_DIRECTORY, "wal");

        private final Operation operation;
        private final String suffix;

        Fault(Operation operation, String suffix) {
            this.operation = operation;
            this.suffix = suffix;
        }

        /** Whether it happens on the thread of the next segment, while the log may be at a batch of the present one. */
        boolean isBesideTheLog() {
            return suffix.equals(".wal.tmp");
        }

        BiPredicate<Operation, Path> rule() {
            return (performed, file) ->
                    performed == operation && file.toString().endsWith(suffix);
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void leaderStopsAtTheFirstFailureAndTheOthersGoOn(Fault fault) {
        try (var cluster = smallSegments(3).start()) {
            long failed = cluster.awaitLeader();
            cluster.applied(failed, "before");
            failUnderLoad(cluster, failed, failed, fault);

            long next = cluster.awaitLeader();
            assertThat(next).isNotEqualTo(failed);
            cluster.applied(next, "after");

            cluster.disk(failed).heal();
            cluster.replica(failed).stop();
            cluster.replica(failed).start();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(failed).commands().contains("after"));
            cluster.awaitCommands(List.copyOf(cluster.machine(next).commands()));
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void followerStopsAtTheFirstFailureAndTheOthersGoOn(Fault fault) {
        try (var cluster = smallSegments(3).start()) {
            long leader = cluster.awaitLeader();
            long failed = cluster.otherThan(leader);
            cluster.applied(leader, "before");
            failUnderLoad(cluster, leader, failed, fault);
            cluster.applied(cluster.awaitLeader(), "after");
        }
    }

    @Test
    void onlyVoterAcknowledgesNothingAfterAForceFailed() {
        try (var cluster = smallSegments(1).start()) {
            cluster.applied(1, "before");
            var outcomes = failUnderLoad(cluster, 1, 1, Fault.FORCE_OF_A_BATCH);
            // Sent one after the other, all through this member: behind the first one that was not applied, none was.
            var kinds = outcomes.stream()
                    .map(outcome -> outcome instanceof Outcome.Applied)
                    .toList();
            assertThat(kinds.subList(kinds.indexOf(false), kinds.size())).containsOnly(false);
            assertThat(cluster.submit(1, "more")).isInstanceOf(Outcome.Refused.class);
            assertThat(cluster.machine(1).commands())
                    .hasSize(1 + (int) kinds.stream().filter(applied -> applied).count());
        }
    }

    @Test
    void memberThatCanNotReadItsEntriesStops() {
        try (var cluster = TestCluster.onFaultDisks(3, config -> config.walCacheSizeBytes(1))
                .start()) {
            long failed = cluster.awaitLeader();
            cluster.applied(failed, "before");
            // Nobody is to be sent what came before any more: the next entry that is read is the next command.
            cluster.awaitCommands(List.of("before"));
            cluster.disk(failed)
                    .failWhen((operation, file) ->
                            operation == Operation.READ && file.toString().endsWith(".wal"));
            assertThat(cluster.submit(failed, "unread")).isNotInstanceOf(Outcome.Refused.class);
            awaitFailure(cluster, failed, "READ of", ".wal");
            long next = cluster.awaitLeader();
            cluster.applied(next, "after");
            assertThat(cluster.read(next, Consistency.LINEARIZABLE)).isEqualTo("before,unread,after");
        }
    }

    private static TestCluster smallSegments(int size) {
        UnaryOperator<ReplicaConfig.Builder> change =
                config -> config.walSegmentSizeBytes(8 * 1024).commandTimeout(Duration.ofMillis(500));
        return TestCluster.onFaultDisks(size, change);
    }

    /** Sends commands until the member has failed at the fault, and checks that it says so and touches its log no more. */
    private static List<Outcome> failUnderLoad(TestCluster cluster, long asked, long failing, Fault fault) {
        var disk = cluster.disk(failing);
        disk.failWhen(fault.rule());
        var outcomes = new ArrayList<CompletableFuture<Outcome>>();
        await().atMost(TestCluster.PATIENCE).until(() -> {
            for (int i = 0; i < 10; i++) {
                var command = "c" + outcomes.size() + "-".repeat(200);
                outcomes.add(cluster.replica(asked).submit(LedgerMachine.NAME, command.getBytes(UTF_8), null));
            }
            return cluster.replica(failing).state() == ReplicaState.FAILED;
        });
        awaitFailure(cluster, failing, fault.operation + " of", fault.suffix);
        var ended = outcomes.stream().map(TestCluster::get).toList();
        assertThat(disk.failures()).as("failed once, and not tried again").hasSize(1);
        assertThat(disk.changesAfterFailure())
                .as("of the log, which can't be trusted any more")
                .filteredOn(change -> change.contains("wal"))
                // The next segment may have been under way on its own thread; nothing names it yet.
                .filteredOn(change -> !change.endsWith(".wal.tmp"))
                .hasSizeLessThanOrEqualTo(fault.isBesideTheLog() ? CHANGES_OF_A_BATCH : 0);
        return ended;
    }

    private static void awaitFailure(TestCluster cluster, long id, String operation, String file) {
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.replica(id).state() == ReplicaState.FAILED);
        var status = TestCluster.get(cluster.replica(id).status());
        assertThat(status.state()).isEqualTo(ReplicaState.FAILED);
        assertThat(status.failure()).hasMessageContaining(operation).hasMessageContaining(file);
        assertThat(cluster.replica(id).isLeader()).isFalse();
    }
}
