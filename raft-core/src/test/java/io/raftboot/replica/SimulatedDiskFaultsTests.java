package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.simulation.Simulation;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members on disks that are slow, hang, fail, are full and tear what is written, each seed twice. {@code -Draft.simulation.seeds=N} runs
 * more of them, {@code -Draft.simulation.seed=S} one.
 */
@ExtendWith(SilentMembers.class)
class SimulatedDiskFaultsTests {
    /** Beside those of members, which are silent. */
    private static final Logger log = LoggerFactory.getLogger("simulation");

    private static final int DEFAULT_SEEDS = 5;

    private static long[] seeds() {
        Long one = Long.getLong("raft.simulation.seed");
        return one != null
                ? new long[] {one}
                : LongStream.rangeClosed(1, Long.getLong("raft.simulation.seeds", DEFAULT_SEEDS))
                        .toArray();
    }

    @Test
    void membersKeepWhatIsPromisedWhateverTheirDisksDo() {
        var fired = new TreeMap<String, Long>();
        for (long seed : seeds()) {
            var first = run(seed);
            assertThat(run(seed)).as("seed %s once more", seed).isEqualTo(first);
            first.fired().forEach((what, count) -> fired.merge(what, count, Long::sum));
            log.info("seed {}: {}", seed, first);
        }
        log.info("{} seeds: {}", seeds().length, fired);
        assertThat(fired).containsKeys("slow", "hang", "pause", "failed write", "death BEFORE");
    }

    private static DiskFaultCourse.Taken run(long seed) {
        try (var simulation = new Simulation(seed)) {
            try {
                return new DiskFaultCourse(simulation).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", whose last events are:\n"
                                + String.join("\n", simulation.trace().last()),
                        e);
            }
        }
    }
}
