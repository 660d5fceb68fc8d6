package io.raftboot.replica.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Times that have to fit each other. */
class ReplicaConfigTests {
    private static ReplicaConfig.Builder config() {
        return ReplicaConfig.builder(Path.of("unused")).commandTimeout(Duration.ofSeconds(5));
    }

    private static SessionPolicy sessions(Duration timeout, Duration keyRetention) {
        return new SessionPolicy(timeout, 10, keyRetention, 10, 1000);
    }

    @Test
    void keyOutlivesTheRepetitionOfItsCommand() {
        for (var retention : new Duration[] {Duration.ofMillis(1), Duration.ofSeconds(5), Duration.ofSeconds(10)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> config().sessions(sessions(Duration.ofHours(1), retention))
                            .build())
                    .withMessageContaining("raft.session.key-retention")
                    .withMessageContaining(retention.toString())
                    .withMessageContaining("raft.command-timeout");
        }
        assertThat(config().sessions(sessions(Duration.ofHours(1), Duration.ofMillis(10_001)))
                        .build())
                .isNotNull();
    }

    @Test
    void sessionOutlivesTheRepetitionOfItsCommands() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config().sessions(sessions(Duration.ofSeconds(10), Duration.ofHours(1)))
                        .build())
                .withMessageContaining("raft.session.timeout")
                .withMessageContaining("raft.command-timeout");
    }

    @Test
    void commandTimeoutIsLongerThanATick() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config().commandTimeout(Duration.ofMillis(50)).build())
                .withMessageContaining("raft.command-timeout")
                .withMessageContaining("raft.tick-interval");
    }

    @Test
    void timesThatCanNotBeComputedWithAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sessions(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofHours(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sessions(Duration.ofHours(1), Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void callThatCouldBeRepeatedForTooLongIsRefused() {
        try (var cluster = TestCluster.inMemory(1).start()) {
            for (var timeout : new Duration[] {Duration.ofMinutes(30), Duration.ofSeconds(Long.MAX_VALUE)}) {
                var inSession =
                        TestCluster.get(cluster.replica(1).submit(LedgerMachine.NAME, "a".getBytes(UTF_8), timeout));
                assertThat(inSession).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(RefusalReason.INVALID);
                    assertThat(refused.message()).contains(timeout.toString(), "raft.session.timeout");
                });
                var withKey = TestCluster.get(
                        cluster.replica(1).submitOnce(LedgerMachine.NAME, "a".getBytes(UTF_8), "key", timeout));
                assertThat(withKey)
                        .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.message())
                                .contains("raft.session.key-retention"));
            }
            assertThat(cluster.machine(1).commands()).isEmpty();
        }
    }
}
