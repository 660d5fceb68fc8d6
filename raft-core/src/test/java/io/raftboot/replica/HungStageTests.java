package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Time-outs and leadership of a member one of whose stages does not come on. */
class HungStageTests {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final byte[] NOTHING = {};

    private final GatedMachine.Gate gate = new GatedMachine.Gate();

    private TestCluster gated(int size) {
        return new TestCluster(
                        size,
                        StorageKind.MEMORY,
                        Path.of("unused"),
                        UnaryOperator.identity(),
                        id -> Map.of(GatedMachine.NAME, new GatedMachine(gate, id)))
                .start();
    }

    private static ReplicaStatus status(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).status());
    }

    // --- the apply stage ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(Consistency.class)
    void readOfAnyConsistencyEndsThoughAStateMachineBlocks(Consistency consistency) {
        try (var cluster = gated(3)) {
            long leader = cluster.awaitLeader();
            long blocked = cluster.otherThan(leader);
            gate.hold(cluster, leader, blocked);
            var outcome = TestCluster.get(cluster.replica(blocked)
                    .read(
                            LedgerMachine.NAME,
                            NOTHING,
                            ReadOptions.of(consistency).withTimeout(SHORT)));
            gate.open();
            assertThat(outcome)
                    .isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(RefusalReason.TIMED_OUT));
        }
    }

    @Test
    void commandEndsAsUnknownThoughTheStateMachineBlocksAndIsAppliedAllTheSame() {
        try (var cluster = gated(3)) {
            long leader = cluster.awaitLeader();
            long blocked = cluster.otherThan(leader);
            // It opens the session: without one the command would wait here, and be refused.
            cluster.applied(blocked, "first");
            gate.hold(cluster, leader, blocked);
            var outcome =
                    TestCluster.get(cluster.replica(blocked).submit(LedgerMachine.NAME, "late".getBytes(UTF_8), SHORT));
            assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
            gate.open();
            cluster.awaitCommands(List.of("first", "late"));
        }
    }

    @Test
    void statusSaysAtWhichCommandTheStateMachineBlocks() {
        try (var cluster = gated(3)) {
            long leader = cluster.awaitLeader();
            long blocked = cluster.otherThan(leader);
            gate.hold(cluster, leader, blocked);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !status(cluster, blocked).service().hangs().isEmpty());
            var status = status(cluster, blocked);
            assertThat(status.service().hangs())
                    .singleElement()
                    .satisfies(hang -> assertThat(hang.stage()).isEqualTo("apply stage"))
                    .satisfies(hang -> assertThat(hang.what())
                            .isEqualTo("the state machine 'gate' has been at the command at index "
                                    + (status.appliedIndex() + 1)));
            assertThat(status.service().trouble()).startsWith("the state machine 'gate' has been");
            gate.open();
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(status(cluster, blocked).service())
                            .satisfies(service -> assertThat(service.hangs()).isEmpty())
                            .satisfies(service -> assertThat(service.trouble()).isNull()));
        }
    }

    @Test
    void leaderWhoseStateMachineBlocksHandsOverToOneWhoseDoesNot() {
        try (var cluster = gated(3)) {
            long leader = cluster.awaitLeader();
            gate.hold(cluster, leader, leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(leader).isLeader());
            cluster.applied(cluster.awaitLeader(), "meanwhile");
            gate.open();
            cluster.awaitCommands(List.of("meanwhile"));
        }
    }

    @Test
    void commandOnWhichAllBlockMovesNoLeadership() {
        try (var cluster = gated(3)) {
            long leader = cluster.awaitLeader();
            long term = status(cluster, leader).term();
            gate.holdAll(cluster, leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !status(cluster, leader).service().hangs().isEmpty());
            // As long as three more election timeouts: by then it would have been tried.
            await().atMost(TestCluster.PATIENCE)
                    .until(() ->
                            status(cluster, leader).service().hangs().get(0).millis() > 800);
            assertThat(status(cluster, leader).term()).isEqualTo(term);
            assertThat(cluster.replica(leader).isLeader()).isTrue();
            gate.open();
        }
    }

    // --- reads of the log ---------------------------------------------------------------------------------------

    @Test
    void leaderWhoseDiskHangsWhenItIsReadAnswersAndHandsOver() {
        UnaryOperator<ReplicaConfig.Builder> smallCache = config -> config.walCacheSizeBytes(1000);
        try (var cluster = TestCluster.onFaultDisks(3, smallCache).start()) {
            long hung = cluster.awaitLeader();
            long behind = cluster.otherThan(hung);
            cluster.replica(behind).stop();
            var commands = new ArrayList<String>();
            for (int i = 0; i < 100; i++) {
                commands.add("b".repeat(100) + i);
                cluster.applied(hung, commands.get(i));
            }
            cluster.disk(hung)
                    .hangWhen((operation, file) ->
                            operation == Operation.READ && file.toString().endsWith(".wal"));
            cluster.replica(behind).start();
            await().atMost(TestCluster.PATIENCE).until(() -> cluster.disk(hung).isHanging());

            var read = cluster.replica(hung)
                    .read(LedgerMachine.NAME, NOTHING, ReadOptions.LINEARIZABLE.withTimeout(Duration.ofSeconds(5)));
            assertThat(TestCluster.get(read)).isInstanceOf(ReadOutcome.Answered.class);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> status(cluster, hung).disk().hanging());
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(hung).isLeader());
            cluster.applied(cluster.awaitLeader(), "meanwhile");
            commands.add("meanwhile");
            cluster.disk(hung).heal();
            cluster.awaitCommands(commands);
        }
    }

    @Test
    void memberWhoseLogCanNotBeReadStopsAndNamesTheFile() {
        UnaryOperator<ReplicaConfig.Builder> smallCache = config -> config.walCacheSizeBytes(1000);
        try (var cluster = TestCluster.onFaultDisks(3, smallCache).start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            for (int i = 0; i < 50; i++) {
                cluster.applied(leader, "b".repeat(100) + i);
            }
            cluster.disk(leader)
                    .failWhen((operation, file) ->
                            operation == Operation.READ && file.toString().endsWith(".wal"));
            cluster.replica(behind).start();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(leader).state() == ReplicaState.FAILED);
            assertThat(cluster.replica(leader).failure()).hasMessageContaining(".wal");
        }
    }

    // --- the raft stage -----------------------------------------------------------------------------------------

    /** What a caller attached to a refused command runs on the raft stage, and should not block there; but it may. */
    @Test
    void memberWhoseRaftStageHangsAnswersAndDoesNotTakeItselfForTheLeader() {
        var release = new CountDownLatch(1);
        try (var cluster = TestCluster.inMemory(3).start()) {
            long hung = cluster.awaitLeader();
            cluster.applied(hung, "before");
            var revoked = new CopyOnWriteArrayList<Long>();
            cluster.replica(hung).addListener(new ReplicaListener() {
                @Override
                public void leadershipRevoked(long term) {
                    revoked.add(term);
                }
            });
            long term = cluster.replica(hung).leadershipTerm().orElseThrow();
            cluster.hangRaftStage(hung, release);

            var command = cluster.replica(hung).submit(LedgerMachine.NAME, "never".getBytes(UTF_8), SHORT);
            var read = cluster.replica(hung)
                    .read(LedgerMachine.NAME, NOTHING, ReadOptions.LINEARIZABLE.withTimeout(SHORT));
            var transfer = cluster.replica(hung).transferLeadership(null);
            assertThat(TestCluster.get(command))
                    .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(RefusalReason.TIMED_OUT));
            assertThat(TestCluster.get(read)).isInstanceOf(ReadOutcome.Refused.class);
            assertThat(TestCluster.get(transfer)).isInstanceOf(TransferOutcome.TimedOut.class);

            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(hung).isLeader());
            assertThat(cluster.replica(hung).leadershipTerm()).isEmpty();
            await().atMost(TestCluster.PATIENCE).until(() -> revoked.equals(List.of(term)));
            var status = status(cluster, hung);
            assertThat(status.service().stale()).isTrue();
            assertThat(status.appliedIndex()).isPositive();
            assertThat(status.service().hangs())
                    .anySatisfy(hang -> assertThat(hang.stage()).isEqualTo("raft stage"));

            long next = cluster.awaitLeader();
            assertThat(next).isNotEqualTo(hung);
            cluster.applied(next, "meanwhile");
            release.countDown();
            cluster.applied(hung, "after");
            cluster.awaitCommands(List.of("before", "meanwhile", "after"));
        } finally {
            release.countDown();
        }
    }

    // --- whoever is told ----------------------------------------------------------------------------------------

    @Test
    void listenerThatBlocksHoldsUpNoOther() {
        var release = new CountDownLatch(1);
        var granted = new CopyOnWriteArrayList<Long>();
        try (var cluster = TestCluster.inMemory(1)) {
            cluster.replica(1).addListener(new ReplicaListener() {
                @Override
                public void leadershipGranted(long term) {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            cluster.replica(1).addListener(new ReplicaListener() {
                @Override
                public void leadershipGranted(long term) {
                    granted.add(term);
                }
            });
            cluster.start();
            await().atMost(TestCluster.PATIENCE).until(() -> granted.size() == 1);
        } finally {
            release.countDown();
        }
    }

    @Test
    void callerThatBlocksWhenItsTimeIsUpHoldsUpNoOther() {
        var release = new CountDownLatch(1);
        try (var cluster = gated(1)) {
            cluster.awaitLeader();
            gate.hold(cluster, 1, 1);
            for (int i = 0; i < 3; i++) {
                var unused = cluster.replica(1)
                        .submit(LedgerMachine.NAME, NOTHING, SHORT)
                        .thenRun(() -> {
                            try {
                                release.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
            }
            var free =
                    cluster.replica(1).read(LedgerMachine.NAME, NOTHING, ReadOptions.LINEARIZABLE.withTimeout(SHORT));
            assertThat(TestCluster.get(free)).isInstanceOf(ReadOutcome.Refused.class);
            release.countDown();
            gate.open();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callerThatBlocksWhenItIsRefusedHoldsUpNoStage(boolean reads) {
        var release = new CountDownLatch(1);
        try (var cluster = gated(3)) {
            long leader = cluster.awaitLeader();
            long alone = cluster.otherThan(leader);
            cluster.applied(alone, "first");
            cluster.network().isolate(alone);
            var replica = cluster.replica(alone);
            await().atMost(TestCluster.PATIENCE).until(() -> replica.leaderId() == null);
            var test = Thread.currentThread();
            var asked = reads
                    ? replica.read(LedgerMachine.NAME, NOTHING, ReadOptions.LINEARIZABLE)
                    : replica.submit(LedgerMachine.NAME, NOTHING, null);
            var unused = asked.thenRun(() -> {
                try {
                    if (Thread.currentThread() != test) {
                        release.await();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            TestCluster.get(asked);
            // The core is asked on the raft stage itself.
            assertThat(TestCluster.get(replica.node().status()).basic().id()).isEqualTo(alone);
            release.countDown();
        }
    }

    @Test
    void longestTimeoutThatCanBeWrittenIsOne() {
        var forEver = Duration.ofSeconds(Long.MAX_VALUE);
        try (var cluster = gated(1)) {
            cluster.awaitLeader();
            var read =
                    cluster.replica(1).read(LedgerMachine.NAME, NOTHING, ReadOptions.LINEARIZABLE.withTimeout(forEver));
            assertThat(TestCluster.get(read)).isInstanceOf(ReadOutcome.Answered.class);
            // A command's is compared with the time for which its session is kept.
            assertThat(TestCluster.get(cluster.replica(1).submit(LedgerMachine.NAME, NOTHING, forEver)))
                    .isInstanceOf(Outcome.Refused.class);
        }
    }

    // --- what a stage that hangs holds ----------------------------------------------------------------------------

    @Test
    void readsThatWereGivenUpTakeRoomAsLongAsTheStageThatHangsHoldsThem() {
        UnaryOperator<ReplicaConfig.Builder> little = config -> config.maxPendingBytes(1000);
        try (var cluster = new TestCluster(
                        1,
                        StorageKind.MEMORY,
                        Path.of("unused"),
                        little,
                        id -> Map.of(GatedMachine.NAME, new GatedMachine(gate, id)))
                .start()) {
            long leader = cluster.awaitLeader();
            gate.hold(cluster, leader, leader);
            var local = ReadOptions.of(Consistency.LOCAL).withTimeout(SHORT);
            var late = cluster.replica(leader).read(LedgerMachine.NAME, new byte[600], local);
            assertThat(TestCluster.get(late))
                    .isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(RefusalReason.TIMED_OUT));
            var next = cluster.replica(leader).read(LedgerMachine.NAME, new byte[600], local);
            assertThat(TestCluster.get(next))
                    .isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(RefusalReason.OVERLOADED));
            gate.open();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(leader)
                                    .read(LedgerMachine.NAME, new byte[600], ReadOptions.of(Consistency.LOCAL)))
                            instanceof ReadOutcome.Answered);
        }
    }

    @Test
    void callerThatBlocksWhenItsSnapshotIsNotTakenHoldsUpNoStage() {
        var release = new CountDownLatch(1);
        var blocks = new CountDownLatch(1);
        var attached = new CountDownLatch(1);
        var without = new StubMachine() {
            @Override
            public SnapshotWriter snapshot() {
                try {
                    attached.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IllegalStateException("the state can't be given");
            }
        };
        try (var cluster = new TestCluster(
                        1,
                        StorageKind.MEMORY,
                        Path.of("unused"),
                        UnaryOperator.identity(),
                        id -> Map.of("without", without))
                .start()) {
            long leader = cluster.awaitLeader();
            var asked = cluster.replica(leader).takeSnapshot();
            var unused = asked.thenRun(() -> {
                blocks.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            attached.countDown();
            // Not by waiting for the future: whoever does may be made to run what is attached to it.
            await().atMost(TestCluster.PATIENCE).until(() -> blocks.getCount() == 0);
            assertThat(asked.join()).isInstanceOf(SnapshotOutcome.NotTaken.class);
            cluster.applied(leader, "meanwhile");
            release.countDown();
        } finally {
            attached.countDown();
            release.countDown();
        }
    }
}
