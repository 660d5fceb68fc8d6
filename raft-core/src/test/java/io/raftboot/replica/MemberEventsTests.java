package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.TransferOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to members of a group at work is among their events. */
@Timeout(60)
class MemberEventsTests {
    private static List<String> events(Replica replica, EventType type) {
        return EventLines.of(replica.memberEvents(), type);
    }

    private static void awaitEvent(Replica replica, EventType type, String pattern) {
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(() -> assertThat(events(replica, type)).anyMatch(line -> line.matches(pattern)));
    }

    @Test
    void electionsLeadersConnectionsAndHandOversAreSeenByThoseWhoTakePart() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long other = cluster.otherThan(leader);
            awaitEvent(
                    cluster.replica(leader),
                    EventType.ELECTION,
                    "INFO node " + leader + " stands for election in term .*");
            awaitEvent(cluster.replica(leader), EventType.LEADER, "INFO node " + leader + " leads in term .*");
            awaitEvent(
                    cluster.replica(other),
                    EventType.LEADER,
                    "INFO node " + other + " follows node " + leader + ", the leader of term .*");
            awaitEvent(cluster.replica(other), EventType.CONNECTION, "INFO there is a connection to node " + leader);
            assertThat(events(cluster.replica(other), EventType.LIFE))
                    .containsExactly("INFO node " + other + " has started");

            assertThat(TestCluster.get(cluster.replica(leader).transferLeadership(other)))
                    .isInstanceOf(TransferOutcome.Transferred.class);
            awaitEvent(
                    cluster.replica(leader),
                    EventType.HAND_OVER,
                    "INFO node " + leader + " hands the leadership over to node " + other);
            awaitEvent(
                    cluster.replica(leader),
                    EventType.HAND_OVER,
                    "INFO node " + other + " has taken the leadership over from node " + leader + ", in term .*");
            awaitEvent(
                    cluster.replica(other),
                    EventType.HAND_OVER,
                    "INFO node " + leader + " asks this member to take its leadership over");
            awaitEvent(
                    cluster.replica(leader),
                    EventType.ELECTION,
                    "INFO node " + leader + " votes for node " + other + " in term .*");

            cluster.replica(other).stop();
            awaitEvent(
                    cluster.replica(leader),
                    EventType.CONNECTION,
                    "WARNING the connection to node " + other + " is gone");
            assertThat(events(cluster.replica(other), EventType.LIFE))
                    .containsExactly("INFO node " + other + " has started", "INFO node " + other + " has stopped");
        }
    }

    @Test
    void membersThatComeAndSnapshotsThatBringThemUpAreSeen() {
        try (var cluster = new TestCluster(
                        1,
                        StorageKind.MEMORY,
                        Path.of("unused"),
                        config -> config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0)))
                .start()) {
            cluster.applied(1, "a");
            TestCluster.get(cluster.replica(1).takeSnapshot());
            awaitEvent(cluster.replica(1), EventType.SNAPSHOT, "INFO took a snapshot at index .*, .* bytes");
            cluster.join(2).start();
            cluster.change(1, ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, 2);
            awaitEvent(cluster.replica(1), EventType.MEMBERS, "INFO the voters are 1, learners 2, as of index .*");
            awaitEvent(cluster.replica(1), EventType.SNAPSHOT, "INFO sending the snapshot at index .* to node 2");
            awaitEvent(cluster.replica(1), EventType.SNAPSHOT, "INFO node 2 has the snapshot at index .*");
            awaitEvent(cluster.replica(2), EventType.SNAPSHOT, "INFO installed the snapshot at index .*");
            awaitEvent(cluster.replica(2), EventType.MEMBERS, "INFO the voters are 1, learners 2, as of index .*");
        }
    }

    @Test
    void failureIsSeenAfterTheMemberIsStartedAgain() {
        try (var member = new LoneMember(new LedgerMachine(), OnFailure.RESTART).start()) {
            String run = member.replica.memberEvents().after(0).run();
            member.disk.failWhen((done, path) -> done == Operation.FORCE);
            var unused = member.submit("lost");
            awaitEvent(member.replica, EventType.FAILURE, "ERROR node 1 stops: .*injected.*");
            awaitEvent(member.replica, EventType.LIFE, "WARNING node 1 is started again in .* ms, attempt 1");
            member.disk.heal();
            member.awaitState(ReplicaState.RUNNING);
            awaitEvent(member.replica, EventType.LIFE, "INFO node 1 is started again");
            assertThat(events(member.replica, EventType.FAILURE))
                    .first()
                    .asString()
                    .startsWith("ERROR node 1 stops: ");
            assertThat(member.replica.memberEvents().after(0).run()).isEqualTo(run);
        }
    }

    @Test
    void absenceOfALeaderIsSeenWithItsEnd() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long other = cluster.otherThan(leader);
            var third = 6 - leader - other;
            cluster.replica(leader).stop();
            cluster.replica(third).stop();
            awaitEvent(
                    cluster.replica(other), EventType.LEADER, "WARNING node " + other + " has known no leader for .*");
            cluster.replica(third).start();
            awaitEvent(cluster.replica(other), EventType.LEADER, "INFO node .*, after .* ms without a leader");
        }
    }
}
