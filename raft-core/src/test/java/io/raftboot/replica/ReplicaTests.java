package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.TransferOutcome;
import io.raftboot.api.UnappliedEntryException;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaTests {
    @TempDir
    Path dir;

    @Test
    void singleVoterLeadsWhenItsStartReturns() {
        try (var cluster = TestCluster.inMemory(1).start()) {
            assertThat(cluster.replica(1).isLeader()).isTrue();
            assertThat(new String(cluster.applied(1, "a").value(), UTF_8)).isEqualTo("#1");
            assertThat(cluster.read(1, Consistency.LINEARIZABLE)).isEqualTo("a");
        }
    }

    @Test
    void commandsOfAllMembersAreAppliedOnAllInOneOrder() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            cluster.awaitLeader();
            var outcomes = new ArrayList<CompletableFuture<Outcome>>();
            for (int i = 0; i < 300; i++) {
                outcomes.add(cluster.replica(1 + i % 3).submit(LedgerMachine.NAME, ("c" + i).getBytes(UTF_8), null));
            }
            outcomes.forEach(outcome -> assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class));
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(1).commands().size() == 300);
            var expected = List.copyOf(cluster.machine(1).commands());
            cluster.awaitCommands(expected);
        }
    }

    /** On the apply stage, where the next command is submitted by whoever is told of the one before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void commandsThatFollowOneAnotherInTheirListenersAreApplied(int members) {
        try (var cluster = TestCluster.inMemory(members).start()) {
            long leader = cluster.awaitLeader();
            for (long id = 1; id <= members; id++) {
                var chains = new ArrayList<CompletableFuture<Outcome>>();
                for (int i = 0; i < 8; i++) {
                    chains.add(chain(cluster.replica(id), 50));
                }
                chains.forEach(last -> assertThat(TestCluster.get(last)).isInstanceOf(Outcome.Applied.class));
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.machine(leader).commands().size() == members * 8 * 50);
        }
    }

    private static CompletableFuture<Outcome> chain(Replica replica, int length) {
        var first = replica.submit(LedgerMachine.NAME, "c".getBytes(UTF_8), null);
        return length == 1
                ? first
                : first.thenCompose(outcome -> outcome instanceof Outcome.Applied
                        ? chain(replica, length - 1)
                        : CompletableFuture.completedFuture(outcome));
    }

    @Test
    void readThroughAnyMemberSeesWhatWasAcknowledgedBefore() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            for (int i = 0; i < 20; i++) {
                cluster.applied(leader, "w" + i);
                for (long id = 1; id <= 3; id++) {
                    assertThat(cluster.read(id, Consistency.LINEARIZABLE)).endsWith("w" + i);
                }
            }
        }
    }

    @Test
    void membersGoOnWithoutTheirLeaderAndItCatchesUpWhenItIsBack() {
        try (var cluster = TestCluster.onDisk(3, dir).start()) {
            long first = cluster.awaitLeader();
            cluster.applied(first, "before");
            cluster.replica(first).stop();
            long second = cluster.awaitLeader();
            assertThat(second).isNotEqualTo(first);
            cluster.applied(second, "meanwhile");
            cluster.replica(first).start();
            cluster.awaitCommands(List.of("before", "meanwhile"));
        }
    }

    @Test
    void memberThatStartsAgainAppliesNothingTwice() {
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            cluster.applied(1, "a");
            cluster.applied(1, "b");
            cluster.replica(1).stop();
            cluster.replica(1).start();
            cluster.applied(1, "c");
            assertThat(cluster.machine(1).commands()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void newStateMachineIsBroughtUpFromTheLog() {
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            cluster.applied(1, "a");
            cluster.applied(1, "b");
        }
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            assertThat(cluster.read(1, Consistency.LINEARIZABLE)).isEqualTo("a,b");
        }
    }

    @Test
    void failureOfACommandIsItsResult() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            var outcome = cluster.submit(leader, LedgerMachine.FAIL);
            assertThat(outcome).isInstanceOf(Outcome.Failed.class);
            var failed = (Outcome.Failed) outcome;
            assertThat(failed.errorType()).isEqualTo(IllegalArgumentException.class.getName());
            assertThat(failed.message()).isEqualTo("asked to fail");
            cluster.applied(leader, "next");
            cluster.awaitCommands(List.of("next"));
        }
    }

    @Test
    void failureOfTheMachineItselfStopsTheMember() {
        try (var cluster = TestCluster.inMemory(1).start()) {
            assertThat(cluster.submit(1, LedgerMachine.BREAK)).isInstanceOf(Outcome.Unknown.class);
            await().atMost(TestCluster.PATIENCE).until(() -> cluster.replica(1).state() == ReplicaState.FAILED);
            var refused = (Outcome.Refused) cluster.submit(1, "more");
            assertThat(refused.reason()).isEqualTo(RefusalReason.NOT_RUNNING);
            assertThat(refused.message()).contains("the database is gone");
            var status = TestCluster.get(cluster.replica(1).status());
            assertThat(status.state()).isEqualTo(ReplicaState.FAILED);
            assertThat(status.failure())
                    .isInstanceOf(UnappliedEntryException.class)
                    .hasMessageStartingWith("the database is gone");
        }
    }

    @Test
    void commandIsRefusedWhereNoLeaderIsInTime() {
        try (var cluster = TestCluster.inMemory(3)) {
            cluster.replica(1).start();
            var outcome = TestCluster.get(
                    cluster.replica(1).submit(LedgerMachine.NAME, "x".getBytes(UTF_8), Duration.ofMillis(300)));
            assertThat(outcome).isInstanceOf(Outcome.Refused.class);
            assertThat(((Outcome.Refused) outcome).reason()).isEqualTo(RefusalReason.NO_LEADER);
            var read = TestCluster.get(cluster.replica(1)
                    .read(
                            LedgerMachine.NAME,
                            new byte[0],
                            ReadOptions.LINEARIZABLE.withTimeout(Duration.ofMillis(300))));
            assertThat(((ReadOutcome.Refused) read).reason()).isEqualTo(RefusalReason.NO_LEADER);
        }
    }

    @Test
    void commandThatWaitedForALeaderIsApplied() {
        try (var cluster = TestCluster.inMemory(3)) {
            cluster.replica(1).start();
            var outcome = cluster.replica(1).submit(LedgerMachine.NAME, "x".getBytes(UTF_8), TestCluster.PATIENCE);
            cluster.replica(2).start();
            assertThat(TestCluster.get(outcome)).isInstanceOf(Outcome.Applied.class);
        }
    }

    @Test
    void commandOfALeaderWithoutFollowersIsUnknown() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            // Whose session is open; else the command would wait for that, and certainly not be appended.
            cluster.applied(leader, "first");
            cluster.network().isolate(leader);
            var outcome = TestCluster.get(
                    cluster.replica(leader).submit(LedgerMachine.NAME, "x".getBytes(UTF_8), Duration.ofMillis(100)));
            assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
        }
    }

    @Test
    void commandWhosePlaceWentToAnotherEntryIsAppliedAfterAll() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long old = cluster.awaitLeader();
            cluster.network().isolate(old);
            var lost = cluster.replica(old).submit(LedgerMachine.NAME, "lost".getBytes(UTF_8), TestCluster.PATIENCE);
            var other = cluster.replica(cluster.otherThan(old));
            await().atMost(TestCluster.PATIENCE).until(() -> {
                var leader = other.leaderId();
                return leader != null && leader != old;
            });
            cluster.applied(cluster.otherThan(old), "won");
            cluster.network().heal();
            assertThat(TestCluster.get(lost)).isInstanceOf(Outcome.Applied.class);
            cluster.awaitCommands(List.of("won", "lost"));
        }
    }

    @Test
    void whatCanNotBeACommandIsRefusedAtTheDoor() {
        UnaryOperator<ReplicaConfig.Builder> small = config -> config.maxCommandSizeBytes(10);
        try (var cluster = new TestCluster(1, StorageKind.MEMORY, dir, small).start()) {
            var tooLarge = (Outcome.Refused) cluster.submit(1, "0123456789a");
            assertThat(tooLarge.reason()).isEqualTo(RefusalReason.TOO_LARGE);
            assertThat(tooLarge.message()).contains("11 bytes").contains("10");
            var unknown = (Outcome.Refused) TestCluster.get(cluster.replica(1).submit("nobody", new byte[0], null));
            assertThat(unknown.reason()).isEqualTo(RefusalReason.UNKNOWN_MACHINE);
            assertThat(unknown.message()).contains("nobody").contains(LedgerMachine.NAME);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 64 * 1024 * 1024 + 1, Integer.MAX_VALUE})
    void commandSizeThatTheLogHasNoRoomForIsRefused(int sizeBytes) {
        var config = ReplicaConfig.builder(dir).maxCommandSizeBytes(64 * 1024 * 1024);
        assertThat(config.build().maxCommandSizeBytes()).isEqualTo(64 * 1024 * 1024);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.maxCommandSizeBytes(sizeBytes).build())
                .withMessageContaining("between 1 and 67108864 bytes");
    }

    @Test
    void stateMachineThatAsksItsReplicaWhileApplyingIsTold() {
        try (var cluster = TestCluster.inMemory(1).start()) {
            cluster.machine(1).askWhileApplying(cluster.replica(1));
            var failed = (Outcome.Failed) cluster.submit(1, "x");
            assertThat(failed.errorType()).isEqualTo(IllegalStateException.class.getName());
        }
    }

    @Test
    void callsBeforeTheStartAreRefusedByName() {
        try (var cluster = TestCluster.inMemory(1)) {
            var refused = (Outcome.Refused) cluster.submit(1, "x");
            assertThat(refused.reason()).isEqualTo(RefusalReason.NOT_RUNNING);
            assertThat(refused.message()).isEqualTo("node 1 is not started");
        }
    }

    @Test
    void leadershipMovesToTheWantedMember() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long target = cluster.otherThan(leader);
            cluster.applied(leader, "a");
            var outcome = TestCluster.get(cluster.replica(leader).transferLeadership(target));
            assertThat(outcome).isInstanceOf(TransferOutcome.Transferred.class);
            assertThat(((TransferOutcome.Transferred) outcome).leaderId()).isEqualTo(target);
            cluster.applied(leader, "b");
            cluster.awaitCommands(List.of("a", "b"));
        }
    }

    @Test
    void leadershipMovesToAMemberThatIsThere() {
        // Long enough an election timeout that the member that is gone still counts as active.
        UnaryOperator<ReplicaConfig.Builder> slow = config -> config.tickInterval(Duration.ofMillis(100));
        try (var cluster = new TestCluster(3, StorageKind.MEMORY, dir, slow).start()) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "a");
            long gone = cluster.otherThan(leader);
            cluster.replica(gone).stop();
            var outcome = TestCluster.get(cluster.replica(leader).transferLeadership(null));
            assertThat(outcome).isInstanceOf(TransferOutcome.Transferred.class);
            assertThat(((TransferOutcome.Transferred) outcome).leaderId()).isNotEqualTo(gone);
        }
    }

    @Test
    void leadershipDoesNotMoveToWhoCanNotLead() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            var unknown = TestCluster.get(cluster.replica(leader).transferLeadership(9L));
            assertThat(((TransferOutcome.InvalidTarget) unknown).message())
                    .contains("9")
                    .contains("[1, 2, 3]");
            var self = TestCluster.get(cluster.replica(leader).transferLeadership(leader));
            assertThat(self).isInstanceOf(TransferOutcome.InvalidTarget.class);
            var follower =
                    TestCluster.get(cluster.replica(cluster.otherThan(leader)).transferLeadership(null));
            assertThat(follower).isEqualTo(new TransferOutcome.NotLeader(leader));
        }
    }

    @Test
    void memberFarBehindGetsASnapshotAndAllOthersRestartFromTheirs() {
        UnaryOperator<ReplicaConfig.Builder> often = config -> config.snapshots(
                SnapshotPolicy.defaults().withIntervalEntries(50).withKeepEntries(10));
        var expected = new ArrayList<String>();
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, often).start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            for (int i = 0; i < 200; i++) {
                expected.add("c" + i);
                cluster.applied(leader, "c" + i);
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() ->
                            TestCluster.get(cluster.replica(leader).status()).firstIndex() > 100);
            cluster.replica(behind).start();
            cluster.awaitCommands(expected);
            assertThat(TestCluster.get(cluster.replica(behind).status()).snapshotIndex())
                    .isGreaterThan(100);
        }
        try (var cluster = new TestCluster(3, StorageKind.WAL, dir, often).start()) {
            cluster.awaitLeader();
            cluster.awaitCommands(expected);
        }
    }

    @Test
    void statusTellsWhoLeadsAndHowFarEachMemberIs() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long index = cluster.applied(leader, "a").index();
            var status = TestCluster.get(cluster.replica(leader).status());
            assertThat(status.role()).isEqualTo("leader");
            assertThat(status.leaderId()).isEqualTo(leader);
            // Published a moment after the command's outcome.
            assertThat(status.appliedIndex()).isGreaterThanOrEqualTo(index - 1);
            assertThat(status.configuration().voters()).containsExactly(1L, 2L, 3L);
            assertThat(status.progress()).containsOnlyKeys(1L, 2L, 3L);
            var follower =
                    TestCluster.get(cluster.replica(cluster.otherThan(leader)).status());
            assertThat(follower.role()).isEqualTo("follower");
            assertThat(follower.progress()).isEmpty();
        }
    }

    @Test
    void noThreadIsLeftWhenAllHaveStopped() {
        // A test whose disk hangs for good leaves its threads behind.
        var before = Thread.getAllStackTraces().keySet();
        try (var cluster = TestCluster.inMemory(3).start()) {
            cluster.awaitLeader();
        }
        await().atMost(TestCluster.PATIENCE).until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .noneMatch(thread -> thread.getName().matches("raft-[123](|-tick|-log|-apply)")));
    }
}
