package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whole members of one group, of which everything is real but time, chance, network and disk, with clients, an operator and faults
 * that a seed draws; see docs/testing.md.
 */
@ExtendWith(SilentMembers.class)
class SimulationTests {
    private static final long STEPS = Long.getLong("raft.simulation.steps", 10_000);
    private static final Path DIRECTORY = Path.of("target", "simulation");
    private static final String REPLAY = "raft.simulation.replay";

    /** As many as a build has the time for. */
    private static final String FIRST_SEEDS = "1-200";

    /** Of these, one of so many is run a second time; in a campaign each is. */
    private static final int AGAIN_IN_A_BUILD = 4;

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES) // Where all processors are busy with other things it takes long.
    void firstSeedsFindNothing() throws InterruptedException {
        assertNothingIsFound(FIRST_SEEDS, AGAIN_IN_A_BUILD, Emphasis.EVERYTHING);
    }

    /** {@code -Psimulation -Draft.simulation.seeds=FROM-TO} runs these. */
    @Test
    @Tag("simulation")
    @DisabledIfSystemProperty(named = REPLAY, matches = ".+")
    @DisabledIfSystemProperty(named = TraceTests.DIRECTORY, matches = ".+")
    void seedsThatAreAskedForFindNothing() throws InterruptedException {
        assertNothingIsFound(System.getProperty("raft.simulation.seeds", FIRST_SEEDS), 1, Emphasis.asked());
    }

    private static void assertNothingIsFound(String seeds, int againEach, Emphasis emphasis)
            throws InterruptedException {
        var summary = campaign(seeds, againEach, System.getProperty("raft.simulation.plant", ""), emphasis);

        assertThat(summary.lost()).isEmpty();
        assertThat(summary.different()).as("seeds whose second run was another").isEmpty();
        assertThat(summary.history().undecided())
                .as("keys of histories that were not decided")
                .isZero();
        assertThat(summary.violations()).as("violations, see " + DIRECTORY).isZero();
    }

    private static Campaign.Summary campaign(String seeds, int againEach, String plant, Emphasis emphasis)
            throws InterruptedException {
        var range = SeedRange.parse(seeds);
        var setup = new Campaign.Setup(
                range.from(),
                range.to(),
                STEPS,
                DIRECTORY.toAbsolutePath(),
                Path.of(System.getProperty("raft.simulation.second-java", System.getProperty("java.home"))),
                againEach,
                Integer.getInteger(
                        "raft.simulation.processes", Runtime.getRuntime().availableProcessors()),
                plant,
                emphasis);
        var summary = new Campaign(setup).run();
        summary.lines().forEach(System.out::println);
        return summary;
    }

    /** {@code -Psimulation -Draft.simulation.replay=SEED} writes the whole trace of a seed, and the least of its faults and calls that do. */
    @Test
    @Tag("simulation")
    @EnabledIfSystemProperty(named = REPLAY, matches = "[0-9]+")
    void seedIsReplayedAndShrunk() throws IOException {
        long seed = Long.getLong(REPLAY);
        var run = new WorldRun(seed, null, STEPS);
        var result = trace(run, "seed-" + seed + ".trace");
        System.out.println("seed " + seed + ": " + run.world().mix());
        result.found().forEach(found -> System.out.println("found: " + found));
        if (result.found().isEmpty()) {
            return;
        }
        var least = new Shrinking(
                        seed,
                        run.plan(),
                        result.found().get(0),
                        run.world().clients().callsBegun())
                .shrink();
        Shrinking.lines(least).forEach(System.out::println);
        var again = trace(new WorldRun(seed, least, least.steps()), "seed-" + seed + "-least.trace");
        assertThat(again.found()).isNotEmpty();
    }

    private static WorldRun.Result trace(WorldRun run, String name) throws IOException {
        Files.createDirectories(DIRECTORY);
        try (var file = Files.newBufferedWriter(DIRECTORY.resolve(name))) {
            List<IOException> failed = new ArrayList<>();
            run.world().simulation().trace().copyTo(line -> {
                try {
                    file.write(line);
                    file.newLine();
                } catch (IOException e) {
                    failed.add(e);
                }
            });
            var result = run.run();
            assertThat(failed).isEmpty();
            System.out.println("the trace is in " + DIRECTORY.resolve(name));
            return result;
        }
    }
}
