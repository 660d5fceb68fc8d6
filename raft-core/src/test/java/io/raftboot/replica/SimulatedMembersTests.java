package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three real members in one thread, each seed twice. {@code -Draft.simulation.seeds=N} runs more of them, {@code -Draft.simulation.seed=S} one. */
@ExtendWith(SilentMembers.class)
class SimulatedMembersTests {
    private static final Logger log = LoggerFactory.getLogger(SimulatedMembersTests.class);
    private static final long FIRST_SEED = 1;
    private static final int DEFAULT_SEEDS = 5;

    private static LongStream seeds() {
        Long one = Long.getLong("raft.simulation.seed");
        return one != null
                ? LongStream.of(one)
                : LongStream.range(FIRST_SEED, FIRST_SEED + Long.getLong("raft.simulation.seeds", DEFAULT_SEEDS));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void membersThatCrashKeepWhatIsPromisedAndTakeTheSameCourseForTheSameSeed(long seed) {
        var first = run(seed);

        assertThat(run(seed)).as("seed %s once more", seed).isEqualTo(first);
        log.info("seed {}: {}", seed, first);
    }

    @Test
    void anotherSeedTakesAnotherCourse() {
        assertThat(run(FIRST_SEED)).isNotEqualTo(run(FIRST_SEED + 1));
    }

    private static SimulatedCourse.Taken run(long seed) {
        var course = new SimulatedCourse(seed);
        try {
            return course.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ", whose last events are:\n"
                            + String.join("\n", course.simulation().trace().last()),
                    e);
        }
    }
}
