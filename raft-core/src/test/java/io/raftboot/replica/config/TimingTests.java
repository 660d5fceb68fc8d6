package io.raftboot.replica.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.raft.RaftConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimingTests {
    private static final Duration TICK = Duration.ofMillis(50);

    @Test
    void timesAreToldToTheCoreInTicks() {
        var timing = new Timing(Duration.ofMillis(10), Duration.ofMillis(300), Duration.ofMillis(30));
        var config =
                ReplicaConfig.builder(Path.of("data")).nodeId(3).timing(timing).build();
        assertThat(config.tickInterval()).isEqualTo(Duration.ofMillis(10));
        assertThat(config.raftConfig())
                .returns(3L, RaftConfig::id)
                .returns(30, RaftConfig::electionTicks)
                .returns(3, RaftConfig::heartbeatTicks);
        assertThat(config.toBuilder().build().timing()).isEqualTo(timing);
    }

    @Test
    void replicaAsksForPreVotesAndLeadsWithItsQuorumOnly() {
        assertThat(ReplicaConfig.builder(Path.of("data")).build().raftConfig())
                .returns(true, RaftConfig::preVote)
                .returns(true, RaftConfig::checkQuorum)
                .returns(20, RaftConfig::electionTicks)
                .returns(2, RaftConfig::heartbeatTicks);
    }

    @Test
    void coreByItselfHasTheDefaultsOfEtcd() {
        assertThat(RaftConfig.builder().build())
                .returns(false, RaftConfig::preVote)
                .returns(false, RaftConfig::checkQuorum)
                .returns(false, RaftConfig::asyncStorageWrites)
                .returns(false, RaftConfig::dryRunConfChanges);
    }

    @Test
    void shorterTickShortensTheOthersWithIt() {
        assertThat(Timing.ofTick(Duration.ofMillis(5)))
                .isEqualTo(new Timing(Duration.ofMillis(5), Duration.ofMillis(100), Duration.ofMillis(10)));
        assertThat(Timing.ofTick(TICK)).isEqualTo(Timing.defaults());
    }

    @Test
    void timeThatIsNoMultipleOfTheTickIsRefusedWithTheNearestOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(TICK, Duration.ofMillis(1020), TICK))
                .withMessageContaining("election timeout is PT1.02S")
                .withMessageEndingWith("write PT1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(TICK, Duration.ofSeconds(1), Duration.ofMillis(20)))
                .withMessageContaining("heartbeat interval is PT0.02S")
                .withMessageEndingWith("write PT0.05S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(TICK, Duration.ofSeconds(-1), TICK))
                .withMessageEndingWith("write PT0.05S");
    }

    @Test
    void electionTimeoutIsLongerThanAHeartbeat() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(TICK, TICK, TICK))
                .withMessageContaining("must be longer than the heartbeat interval")
                .withMessageEndingWith("write about ten heartbeats, PT0.5S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Timing.ofTick(Duration.ZERO))
                .withMessage("the tick interval must be longer than 0");
    }

    @Test
    void moreTicksThanTheCoreCountsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(Duration.ofMillis(1), Duration.ofDays(30), Duration.ofMillis(1)))
                .withMessageContaining("too many ticks");
    }
}
