package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Members that get a new version of the application one after the other. */
class RollingUpdateTests {
    private final Set<Long> updated = new HashSet<>();

    private TestCluster cluster() {
        return new TestCluster(
                3,
                StorageKind.MEMORY,
                Path.of("unused"),
                UnaryOperator.identity(),
                id -> updated.contains(id) ? Map.of("added", new LedgerMachine()) : Map.of());
    }

    private void update(TestCluster cluster, long id) {
        cluster.replica(id).stop();
        updated.add(id);
        cluster.renew(id).start();
        var replica = cluster.replica(id);
        await().atMost(TestCluster.PATIENCE).until(() -> replica.leaderId() != null);
    }

    private static Outcome submit(TestCluster cluster, long id) {
        return TestCluster.get(cluster.replica(id).submit("added", "x".getBytes(UTF_8), Duration.ofSeconds(5)));
    }

    @Test
    void stateMachineIsAddedMemberByMember() {
        try (var cluster = cluster()) {
            cluster.start();
            cluster.applied(cluster.awaitLeader(), "a");
            for (long id = 1; id <= 3; id++) {
                update(cluster, id);
                // To send a command for what all have is a session with it alone.
                cluster.applied(id, "b" + id);
                for (long other = 1; other <= 3; other++) {
                    assertThat(cluster.replica(other).state()).isEqualTo(ReplicaState.RUNNING);
                }
                if (id < 3) {
                    long newest = id;
                    // A member's own word may take a moment to be in the log.
                    await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(submit(cluster, newest))
                            .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                                assertThat(refused.reason()).isEqualTo(RefusalReason.NOT_KNOWN_BY_ALL);
                                assertThat(refused.message()).contains("3]", "'added'");
                            }));
                }
            }
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(submit(cluster, 1)).isInstanceOf(Outcome.Applied.class));
            assertThat(submit(cluster, 2)).isInstanceOf(Outcome.Applied.class);
        }
    }
}
