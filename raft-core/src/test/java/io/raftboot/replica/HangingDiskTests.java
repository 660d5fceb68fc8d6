package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.TransferOutcome;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk whose work does not come back, for a while or for ever; without the watchdog its leader keeps its office. */
class HangingDiskTests {
    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE"})
    void leaderGivesUpAndFollowsWhenItsDiskIsBack(Operation operation) {
        try (var cluster = TestCluster.onFaultDisks(3, UnaryOperator.identity()).start()) {
            long hung = cluster.awaitLeader();
            cluster.applied(hung, "before");
            hang(cluster, hung, operation);

            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(hung).isLeader());
            long next = cluster.awaitLeader();
            assertThat(next).isNotEqualTo(hung);
            cluster.applied(next, "meanwhile");
            assertThat(cluster.disk(hung).isHanging()).isTrue();
            assertThat(cluster.read(next, Consistency.LINEARIZABLE)).endsWith("meanwhile");

            cluster.disk(hung).heal();
            cluster.applied(hung, "after");
            cluster.awaitCommands(List.copyOf(cluster.machine(hung).commands()));
            assertThat(cluster.machine(hung).commands()).contains("before", "hung", "meanwhile", "after");
        }
    }

    @Test
    void leaderThatNobodyCanTakeOverFromFallsSilentAndDoesNotComeBack() {
        try (var cluster = TestCluster.onFaultDisks(3, UnaryOperator.identity()).start()) {
            long hung = cluster.awaitLeader();
            cluster.applied(hung, "before");
            hang(cluster, hung, Operation.FORCE);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(hung).isLeader());
            long next = cluster.awaitLeader();
            cluster.network().isolate(next);
            long third = 6 - hung - next;

            // The two that are left are a majority, but one of them can't even vote: nobody leads, nor do they try for
            // ever.
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(third).leaderId() == null);
            long term = TestCluster.get(cluster.replica(hung).status()).term();
            await().during(Duration.ofMillis(600))
                    .atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(cluster.replica(hung).status())
                                    .role()
                                    .equals("follower")
                            && !cluster.replica(hung).isLeader());
            assertThat(TestCluster.get(cluster.replica(hung).status()).term()).isGreaterThanOrEqualTo(term);

            cluster.disk(hung).heal();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> cluster.replica(hung).isLeader()
                            || cluster.replica(third).isLeader());
            cluster.applied(third, "after");
        }
    }

    @Test
    void followerWithAHungDiskDoesNotTakeOver() {
        try (var cluster = TestCluster.onFaultDisks(3, UnaryOperator.identity()).start()) {
            long leader = cluster.awaitLeader();
            long hung = cluster.otherThan(leader);
            cluster.applied(leader, "before");
            hang(cluster, hung, Operation.FORCE);
            cluster.applied(leader, "meanwhile");
            awaitNoticed(cluster, hung);
            var outcome = TestCluster.get(cluster.replica(leader).transferLeadership(hung));
            assertThat(outcome).isInstanceOf(TransferOutcome.TimedOut.class);
            assertThat(cluster.awaitLeader()).isEqualTo(leader);
            cluster.applied(leader, "after");
        }
    }

    @Test
    void readOfAMemberThatCanNotApplyEndsInTime() {
        try (var cluster = TestCluster.onFaultDisks(3, UnaryOperator.identity()).start()) {
            long leader = cluster.awaitLeader();
            long hung = cluster.otherThan(leader);
            hang(cluster, hung, Operation.FORCE);
            cluster.applied(leader, "unseen");
            var outcome = TestCluster.get(cluster.replica(hung)
                    .read(
                            LedgerMachine.NAME,
                            new byte[0],
                            ReadOptions.LINEARIZABLE.withTimeout(Duration.ofMillis(300))));
            assertThat(outcome).isInstanceOf(ReadOutcome.Refused.class);
            assertThat(((ReadOutcome.Refused) outcome).reason()).isEqualTo(RefusalReason.TIMED_OUT);
        }
    }

    @Test
    void onlyVoterWaitsForItsDisk() {
        try (var cluster = TestCluster.onFaultDisks(1, UnaryOperator.identity()).start()) {
            hang(cluster, 1, Operation.FORCE);
            awaitNoticed(cluster, 1);
            assertThat(cluster.read(1, Consistency.LINEARIZABLE)).isEmpty();
            cluster.disk(1).heal();
            cluster.applied(1, "after");
            assertThat(cluster.machine(1).commands()).containsExactly("hung", "after");
        }
    }

    /** Hangs at the log from the next entry on, which is sent. */
    private static void hang(TestCluster cluster, long id, Operation operation) {
        FaultDisk disk = cluster.disk(id);
        disk.hangWhen(
                (performed, file) -> performed == operation && file.toString().endsWith(".wal"));
        var unused = cluster.replica(cluster.awaitLeader()).submit(LedgerMachine.NAME, "hung".getBytes(UTF_8), null);
        await().atMost(TestCluster.PATIENCE).until(disk::isHanging);
    }

    private static void awaitNoticed(TestCluster cluster, long id) {
        await().atMost(TestCluster.PATIENCE)
                .until(() ->
                        TestCluster.get(cluster.replica(id).status()).disk().hanging());
    }
}
