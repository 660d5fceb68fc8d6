package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.raftboot.raft.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs more of them with {@code -Draft.leases.seeds=1-10000}. */
@ExtendWith(SilentMembers.class)
class LeaseSimulationTests {
    private static final String SEEDS = "raft.leases.seeds";
    private static final int DEFAULT_SEEDS = 12;
    private static final int MAX_SEEDS_TO_FIND_A_DEFECT = 100;
    private static final int ACTIONS = 3_000;

    private static final Logger log = LoggerFactory.getLogger(LeaseSimulationTests.class);

    @TestFactory
    List<DynamicTest> readsSeeWhatWasAcknowledgedBeforeThem() {
        var answered = new AtomicLong();
        var withoutRound = new AtomicLong();
        var elections = new AtomicLong();
        var tests = new ArrayList<>(Seeds.tests(SEEDS, DEFAULT_SEEDS, random -> {
            var simulation = new LeaseSimulation(random.nextLong(), LeaseDefect.NONE);
            simulation.run(ACTIONS);
            answered.addAndGet(simulation.answered());
            withoutRound.addAndGet(simulation.withoutRound());
            elections.addAndGet(simulation.elections());
        }));
        tests.add(dynamicTest("leases were used, and changed hands", () -> {
            log.info("{} reads answered, {} of them at once; {} elections", answered, withoutRound, elections);
            Assumptions.assumeTrue(System.getProperty(SEEDS) == null, "not asked of chosen seeds");
            assertThat(withoutRound).hasValueGreaterThan(5_000);
            assertThat(elections).hasValueGreaterThan(100);
        }));
        return tests;
    }

    @Test
    void oneSeedGivesOneCourse() {
        var first = trace(1);

        assertThat(trace(1)).isEqualTo(first);
        assertThat(trace(2)).isNotEqualTo(first);
    }

    private static String trace(long seed) {
        var simulation = new LeaseSimulation(seed, LeaseDefect.NONE);
        simulation.run(ACTIONS / 10);
        return simulation.simulation().trace().hash();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void whatLeasesRestOnIsMissedWhenItIsLeftOut(LeaseDefect defect) {
        assertThat(LongStream.rangeClosed(1, MAX_SEEDS_TO_FIND_A_DEFECT).anyMatch(seed -> isFound(defect, seed)))
                .isTrue();
    }

    private static boolean isFound(LeaseDefect defect, long seed) {
        try {
            new LeaseSimulation(Seeds.generator(seed).nextLong(), defect).run(ACTIONS);
            return false;
        } catch (AssertionError e) {
            log.info("{} found by seed {}: {}", defect, seed, e.getMessage());
            return true;
        }
    }
}
