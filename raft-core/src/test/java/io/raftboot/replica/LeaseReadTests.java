package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseReadTests {
    private static final Duration SHORT = Duration.ofMillis(200);

    /** With an election timeout of a second. */
    private static TestCluster cluster(boolean leases) {
        return new TestCluster(3, StorageKind.MEMORY, Path.of("unused"), config -> config.leaseReads(leases)
                .tickInterval(Duration.ofMillis(50)));
    }

    @Test
    void leaderAnswersAloneWhileItsLeaseRuns() {
        try (var cluster = cluster(true).start()) {
            cluster.applied(1, "a");
            await().atMost(TestCluster.PATIENCE).until(() -> {
                cluster.network().heal();
                long leader = cluster.awaitLeader();
                cluster.read(leader, Consistency.LINEARIZABLE);
                cluster.network().isolate(leader);
                return read(cluster, leader, Consistency.LEASE) instanceof ReadOutcome.Answered;
            });
        }
    }

    @Test
    void withoutLeasesALeaderThatIsAloneAnswersNobody() {
        try (var cluster = cluster(false).start()) {
            cluster.applied(1, "a");
            long leader = cluster.awaitLeader();
            cluster.read(leader, Consistency.LEASE);
            cluster.network().isolate(leader);
            assertThat(read(cluster, leader, Consistency.LEASE)).isInstanceOf(ReadOutcome.Refused.class);
        }
    }

    @Test
    void readByLeaseThroughAnyMemberSeesWhatWasAcknowledgedBeforeItWhoeverLeads() {
        try (var cluster = cluster(true).start()) {
            for (int i = 0; i < 3; i++) {
                long leader = cluster.awaitLeader();
                cluster.applied(leader, "w" + i);
                for (long id = 1; id <= 3; id++) {
                    assertThat(cluster.read(id, Consistency.LEASE)).endsWith("w" + i);
                }
                TestCluster.get(cluster.replica(leader).transferLeadership(cluster.otherThan(leader)));
            }
        }
    }

    private static ReadOutcome read(TestCluster cluster, long id, Consistency consistency) {
        var options = ReadOptions.of(consistency).withTimeout(SHORT);
        return TestCluster.get(cluster.replica(id).read(LedgerMachine.NAME, new byte[0], options));
    }
}
