package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.config.NoLeader;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a member says of whether it can serve, and what becomes of calls when it can't. */
class ServiceTests {
    /** Whatever ends within the patience of a test has not ended by this. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static CompletableFuture<Outcome> submit(TestCluster cluster, long id, String command) {
        return cluster.replica(id).submit(LedgerMachine.NAME, command.getBytes(UTF_8), LONG);
    }

    private static CompletableFuture<ReadOutcome> read(TestCluster cluster, long id) {
        return cluster.replica(id).read(LedgerMachine.NAME, new byte[0], ReadOptions.LINEARIZABLE.withTimeout(LONG));
    }

    private static ReplicaStatus.Service service(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).status()).service();
    }

    /** Stops all others, and returns who is left once it knows no leader. */
    private static long leaveOneAlone(TestCluster cluster) {
        long left = cluster.otherThan(cluster.awaitLeader());
        for (long id = 1; id <= 3; id++) {
            if (id != left) {
                cluster.replica(id).stop();
            }
        }
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.replica(left).leaderId() == null);
        return left;
    }

    @Test
    void callsAreRefusedAtOnceWhenNoLeaderHasBeenKnownForLong() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            cluster.applied(cluster.awaitLeader(), "before");
            long left = leaveOneAlone(cluster);
            // These come while it is still worth waiting, and don't wait longer than that.
            var command = submit(cluster, left, "never");
            var read = read(cluster, left);
            assertRefused(TestCluster.get(command));
            assertThat(TestCluster.get(read)).isInstanceOf(ReadOutcome.Refused.class);
            assertRefused(TestCluster.get(submit(cluster, left, "never")));
            assertThat(TestCluster.get(read(cluster, left)))
                    .isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(RefusalReason.NO_LEADER));
        }
    }

    private static void assertRefused(Outcome outcome) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(RefusalReason.NO_LEADER));
    }

    @Test
    void callsWaitForALeaderAsLongAsTheyMayWhereThatIsWanted() {
        try (var cluster = new TestCluster(
                        3, StorageKind.MEMORY, Path.of("unused"), config -> config.noLeader(NoLeader.WAIT))
                .start()) {
            long left = leaveOneAlone(cluster);
            var command = submit(cluster, left, "late");
            await().during(Duration.ofMillis(900)).atMost(TestCluster.PATIENCE).until(() -> !command.isDone());
            cluster.start();
            assertThat(TestCluster.get(command)).isInstanceOf(Outcome.Applied.class);
        }
    }

    @Test
    void callsWaitForTheFirstLeaderOfARun() {
        try (var cluster = TestCluster.inMemory(3)) {
            cluster.replica(1).start();
            var command = submit(cluster, 1, "first");
            await().during(Duration.ofMillis(900)).atMost(TestCluster.PATIENCE).until(() -> !command.isDone());
            cluster.start();
            assertThat(TestCluster.get(command)).isInstanceOf(Outcome.Applied.class);
        }
    }

    @Test
    void callsWaitThroughAFailOver() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "before");
            long other = cluster.otherThan(leader);
            cluster.network().isolate(leader);
            assertThat(TestCluster.get(submit(cluster, other, "through"))).isInstanceOf(Outcome.Applied.class);
        }
    }

    @Test
    void followerWhoseRequestsDoNotReachTheLeaderSaysSo() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long cutOff = cluster.otherThan(leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> service(cluster, cutOff).trouble() == null);
            cluster.transports().loseRequests(from -> from == cutOff);
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(service(cluster, cutOff).trouble())
                            .startsWith("the leader, node " + leader + ", has not answered this member for")
                            .endsWith("no way on purpose"));
            assertThat(service(cluster, leader).trouble()).isNull();
            cluster.transports().loseNothing();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> service(cluster, cutOff).trouble() == null);
        }
    }

    /** Commands would go through, and nobody reads. */
    @Test
    void followerWhoseReadsAreNotConfirmedSaysSo() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long cutOff = cluster.otherThan(leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> service(cluster, cutOff).trouble() == null);
            cluster.transports()
                    .lose((from, message) -> from == leader
                            && message.getTo() == cutOff
                            && message.getType() == MessageType.MSG_READ_INDEX_RESP);
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(
                            service(cluster, cutOff).trouble())
                    .startsWith("the leader, node " + leader + ", has not confirmed a read of this member for"));
            assertThat(service(cluster, leader).trouble()).isNull();
            cluster.transports().loseNothing();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> service(cluster, cutOff).trouble() == null);
        }
    }

    /** All hear heartbeats and answer them, and no entry comes through. */
    @Test
    void groupThatCommitsNothingIsReadyOnNoMember() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "before");
            cluster.transports()
                    .lose((from, message) -> message.getType() == MessageType.MSG_APP && message.getEntriesCount() > 0);
            var command = submit(cluster, leader, "late");
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> {
                assertThat(service(cluster, leader).trouble()).contains("has committed nothing for");
                for (long id = 1; id <= 3; id++) {
                    assertThat(service(cluster, id).trouble()).as("node %s", id).isNotNull();
                }
            });
            cluster.transports().loseNothing();
            assertThat(TestCluster.get(command)).isInstanceOf(Outcome.Applied.class);
            for (long id = 1; id <= 3; id++) {
                long member = id;
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> service(cluster, member).trouble() == null);
            }
        }
    }

    /** A member that merely has much to do is ready all the time. */
    @Test
    void followerUnderLoadStaysReady() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> service(cluster, follower).trouble() == null);
            for (int round = 0; round < 8; round++) {
                var calls = new ArrayList<CompletableFuture<Outcome>>();
                for (int i = 0; i < 100; i++) {
                    calls.add(submit(cluster, follower, round + "-" + i));
                }
                assertThat(service(cluster, follower).trouble()).isNull();
                calls.forEach(TestCluster::get);
            }
        }
    }

    @Test
    void memberThatGetsASnapshotSaysSo() {
        try (var cluster = TestCluster.onFaultDisks(
                        3, config -> config.snapshots(new SnapshotPolicy(10, 0, Duration.ZERO, 1, 0, 0)))
                .start()) {
            long leader = cluster.awaitLeader();
            long behind = cluster.otherThan(leader);
            cluster.replica(behind).stop();
            for (int i = 0; i < 60; i++) {
                cluster.applied(leader, "c" + i);
            }
            await().atMost(TestCluster.PATIENCE)
                    .until(() ->
                            TestCluster.get(cluster.replica(leader).status()).firstIndex() > 40);
            cluster.disk(behind)
                    .hangWhen((operation, file) ->
                            operation == Operation.WRITE && file.toString().contains("snapshots"));
            cluster.replica(behind).start();
            await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(service(cluster, behind))
                    .satisfies(service -> assertThat(service.snapshotArriving()).isTrue())
                    .satisfies(service -> assertThat(service.trouble()).startsWith("a snapshot is coming in")));
            cluster.disk(behind).heal();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> service(cluster, behind).trouble() == null);
            cluster.awaitCommands(List.copyOf(cluster.machine(leader).commands()));
        }
    }

    @Test
    void leaderWithoutAMajorityIsNoneToWhoeverAsks() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            cluster.applied(leader, "before");
            cluster.network().isolate(leader);
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> !cluster.replica(leader).isLeader()
                            && cluster.replica(leader).leadershipTerm().isEmpty());
        }
    }
}
