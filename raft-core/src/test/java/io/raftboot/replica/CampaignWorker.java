package io.raftboot.replica;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.raftboot.proof.Sometimes;
import io.raftboot.proof.plant.PlantedLoader;
import io.raftboot.proof.plant.Plants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A process that runs seeds of a campaign one after the other, and says what came of each in a line: for {@link Campaign}, which reads
 * them. What was found goes into a file of its own.
 */
final class CampaignWorker {
    private static final String USAGE =
            "arguments: FROM TO [EACH]; the first seed may be the greater one, and those that EACH divides are run";
    private static final long STEPS = Long.getLong("raft.simulation.steps", 10_000);
    private static final Path DIRECTORY = Path.of(System.getProperty("raft.simulation.directory", "target/simulation"));

    private CampaignWorker() {}

    public static void main(String[] arguments) {
        if (arguments.length != 2 && arguments.length != 3) {
            throw new IllegalArgumentException(USAGE);
        }
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        long from = Long.parseLong(arguments[0]);
        long to = Long.parseLong(arguments[1]);
        long each = arguments.length == 2 ? 1 : Long.parseLong(arguments[2]);
        long direction = from <= to ? 1 : -1;
        var plant = Plants.asked();
        var planted = plant == null ? null : new PlantedLoader(plant);
        for (long seed = from; seed != to + direction; seed += direction) {
            if (seed % each == 0) {
                System.out.println(
                        planted == null ? run(seed) : planted.call(CampaignWorker.class.getName(), "run", seed));
            }
        }
        // What is left of simulations that got stuck must not keep the process.
        System.exit(0);
    }

    /** Runs a seed; the line that says what came of it. Called by name as well, in a class loader that has a mistake. */
    static String run(long seed) {
        var run = new WorldRun(seed, null, STEPS);
        var result = run.run();
        if (!result.found().isEmpty()) {
            try {
                Files.createDirectories(DIRECTORY);
                Files.write(DIRECTORY.resolve("seed-" + seed + ".txt"), report(seed, run, result));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        var counts = new ArrayList<Long>();
        for (var what : Sometimes.values()) {
            counts.add(run.world().proof().counts().of(what));
        }
        return new SeedResult(
                        seed,
                        result.trace(),
                        result.steps(),
                        result.found().size(),
                        new SeedResult.History(result.operations(), result.undecided()),
                        counts,
                        run.tolls())
                .line();
    }

    private static List<String> report(long seed, WorldRun run, WorldRun.Result result) {
        var lines = new ArrayList<String>();
        lines.add("seed " + seed + ": " + run.world().mix());
        lines.addAll(result.found());
        lines.add("");
        lines.add("The last events:");
        lines.addAll(run.world().simulation().trace().last());
        return lines;
    }
}
