package io.raftboot.replica;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code -Draft.simulation.seeds=N} runs more of them, {@code -Draft.simulation.seed=S} one. */
class MemberSimulationTests {
    private static final int STEPS = 60;
    private static final long FIRST_SEED = 1;

    private static LongStream seeds() {
        Long one = Long.getLong("raft.simulation.seed");
        return one != null
                ? LongStream.of(one)
                : LongStream.range(FIRST_SEED, FIRST_SEED + Long.getLong("raft.simulation.seeds", 4));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void membersThatAreRestartedSlowedAndChangedKeepWhatIsPromised(long seed) {
        try (var simulation = new MemberSimulation(seed)) {
            try {
                simulation.run(STEPS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + simulation.trace(), e);
            }
        }
    }
}
