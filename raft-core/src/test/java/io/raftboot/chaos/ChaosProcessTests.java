package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.chaos.Settings.Clocks;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The campaign; what it is told by properties, {@code docs/testing.md} says. */
class ChaosProcessTests {
    private static final Logger log = LoggerFactory.getLogger(ChaosProcessTests.class);

    /** In so long a time each kind of fault fires, also on a busy machine. */
    private static final Duration LONG = Duration.ofMinutes(15);

    static Stream<Settings> campaigns() {
        return Arrays.stream(System.getProperty("raft.chaos.members", "3,5").split(",", -1))
                .map(String::trim)
                .map(Integer::valueOf)
                .map(members -> Settings.ofProperties(members, members < 5 ? Clocks.WALL : Clocks.BOTH));
    }

    @ParameterizedTest
    @MethodSource("campaigns")
    void clientsSeeOneMachineWhateverIsDoneToTheMembers(Settings settings) {
        var report = Campaign.run(settings);
        report.lines().forEach(log::info);
        assertThat(report.problems()).isEmpty();
        assertThat(report.findings().isLinearizable()).isTrue();
        // Else it would have shown nothing.
        assertThat(report.tally()).containsKeys("commands", "reads LINEARIZABLE");
        assertThat(report.faults().fired(Fault.KILL) + report.faults().fired(Fault.PAUSE))
                .isPositive();
        if (settings.duration().compareTo(LONG) >= 0) {
            assertThat(report.neverFired()).isEmpty();
        }
    }
}
