package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three real members over the product's own transport, in one thread, each seed twice. {@code -Draft.simulation.seeds=N} runs more of
 * them, {@code -Draft.simulation.seed=S} one.
 */
@ExtendWith(SilentMembers.class)
class WiredMembersTests {
    private static final Logger log = LoggerFactory.getLogger(WiredMembersTests.class);
    private static final int DEFAULT_SEEDS = 5;

    private static LongStream seeds() {
        Long one = Long.getLong("raft.simulation.seed");
        return one != null
                ? LongStream.of(one)
                : LongStream.rangeClosed(1, Long.getLong("raft.simulation.seeds", DEFAULT_SEEDS));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void membersOverConnectionsThatBreakKeepWhatIsPromisedAndTakeTheSameCourseForTheSameSeed(long seed) {
        var first = WiredCourse.run(seed);

        assertThat(WiredCourse.run(seed)).as("seed %s once more", seed).isEqualTo(first);
        log.info("seed {}: {}", seed, first);
    }
}
