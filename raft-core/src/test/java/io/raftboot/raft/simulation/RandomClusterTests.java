package io.raftboot.raft.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.raftboot.raft.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups of nodes under random faults; each seed is a group of its own. More of them with
 * {@code -Draft.simulation.seeds=1-10000 -Draft.simulation.steps=20000}.
 */
class RandomClusterTests {
    private static final String SEEDS = "raft.simulation.seeds";
    private static final int DEFAULT_SEEDS = 60;
    private static final int MAX_SEEDS_TO_FIND_A_DEFECT = 200;
    private static final int STEPS = Integer.getInteger("raft.simulation.steps", 4_000);

    private static final Logger log = LoggerFactory.getLogger(RandomClusterTests.class);

    @TestFactory
    List<DynamicTest> promisesAreKeptUnderFaultsAndProgressIsMadeAfterwards() {
        SimulationStatistics all = new SimulationStatistics();
        List<DynamicTest> tests = new ArrayList<>(Seeds.tests(SEEDS, DEFAULT_SEEDS, random -> {
            ClusterSimulation simulation = new ClusterSimulation(random);
            try {
                all.add(simulation.run(STEPS));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n" + simulation.describe(), e);
            }
        }));
        tests.add(dynamicTest("all faults have happened", () -> {
            log.info("random groups, {} steps each: {}", STEPS, all);
            Assumptions.assumeTrue(System.getProperty(SEEDS) == null, "not asked of chosen seeds");
            assertThat(all.isComplete()).as("%s", all).isTrue();
        }));
        return tests;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void mistakesOfADriverAreFound(PlantedDefect defect) {
        assertThat(LongStream.rangeClosed(1, MAX_SEEDS_TO_FIND_A_DEFECT).anyMatch(seed -> isFound(defect, seed)))
                .isTrue();
    }

    private static boolean isFound(PlantedDefect defect, long seed) {
        try {
            new ClusterSimulation(Seeds.generator(seed), defect).run(STEPS);
            return false;
        } catch (AssertionError | IllegalStateException e) {
            log.info("{} found by seed {}: {}", defect, seed, e.getMessage());
            return true;
        }
    }

    @Test
    void sameSeedMeansTheSameRun() {
        assertThat(fingerprint(1)).isEqualTo(fingerprint(1)).isNotEqualTo(fingerprint(2));
    }

    private static long fingerprint(long seed) {
        ClusterSimulation simulation = new ClusterSimulation(Seeds.generator(seed));
        simulation.run(STEPS / 2);
        return simulation.fingerprint();
    }
}
