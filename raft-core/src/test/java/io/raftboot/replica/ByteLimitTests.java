package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a member's callers may have waiting, in bytes. */
class ByteLimitTests {
    private static final int PAYLOAD_BYTES = 30_000;

    /** A member without the others: everything waits. */
    private static TestCluster alone() {
        var cluster =
                new TestCluster(3, StorageKind.MEMORY, Path.of("unused"), config -> config.maxPendingBytes(100_000)
                        .commandTimeout(Duration.ofSeconds(2)));
        cluster.replica(1).start();
        return cluster;
    }

    @Test
    void commandsBeyondTheBytesThatMayWaitAreRefusedAtOnce() {
        try (var cluster = alone()) {
            var waiting = cluster.replica(1).submit(LedgerMachine.NAME, new byte[PAYLOAD_BYTES], null);
            for (int i = 0; i < 2; i++) {
                var unused = cluster.replica(1).submit(LedgerMachine.NAME, new byte[PAYLOAD_BYTES], null);
            }
            var refused = cluster.replica(1).submit(LedgerMachine.NAME, new byte[PAYLOAD_BYTES], null);
            assertThat(refused).isDone();
            assertThat(refused.join()).isInstanceOfSatisfying(Outcome.Refused.class, outcome -> {
                assertThat(outcome.reason()).isEqualTo(RefusalReason.OVERLOADED);
                assertThat(outcome.message()).contains("raft.max-pending-bytes");
            });
            // A smaller one still fits, and the room is there again when those that wait have ended.
            assertThat(cluster.replica(1).submit(LedgerMachine.NAME, new byte[1], null))
                    .isNotDone();
            await().atMost(TestCluster.PATIENCE).until(waiting::isDone);
            await().atMost(TestCluster.PATIENCE).until(() -> !cluster.replica(1)
                    .submit(LedgerMachine.NAME, new byte[PAYLOAD_BYTES], null)
                    .isDone());
        }
    }

    @Test
    void commandThatIsLargerThanTheLimitWaitsAlone() {
        try (var cluster = alone()) {
            assertThat(cluster.replica(1).submit(LedgerMachine.NAME, new byte[200_000], null))
                    .isNotDone();
            assertThat(cluster.replica(1).submit(LedgerMachine.NAME, new byte[1], null))
                    .isDone();
        }
    }

    @Test
    void queriesBeyondTheBytesThatMayWaitAreRefusedAtOnce() {
        try (var cluster = alone()) {
            var options = ReadOptions.of(Consistency.LINEARIZABLE);
            var waiting = cluster.replica(1).read(LedgerMachine.NAME, new byte[90_000], options);
            assertThat(waiting).isNotDone();
            var refused = cluster.replica(1).read(LedgerMachine.NAME, new byte[PAYLOAD_BYTES], options);
            assertThat(refused).isDone();
            assertThat(refused.join())
                    .isInstanceOfSatisfying(ReadOutcome.Refused.class, outcome -> assertThat(outcome.reason())
                            .isEqualTo(RefusalReason.OVERLOADED));
            await().atMost(TestCluster.PATIENCE).until(waiting::isDone);
            assertThat(cluster.replica(1).read(LedgerMachine.NAME, new byte[PAYLOAD_BYTES], options))
                    .isNotDone();
        }
    }
}
