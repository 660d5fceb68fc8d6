package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs many seeds, each or some of them twice: the second time in another JVM, where identity hashes and the order of immutable sets are others, and
 * behind other seeds. Sums up what came of them.
 */
final class Campaign {
    private static final Logger log = LoggerFactory.getLogger(Campaign.class);
    private static final int SEEDS_PER_PROCESS = 200;

    /** Where there are many: the second compiler needs some hundred seeds, and makes the rest twice as fast. */
    private static final int SEEDS_PER_LONG_PROCESS = 2_000;

    private static final int HEAP_MEBIBYTES = 768;

    /** A process of so few seeds ends before what the second compiler makes of its code has paid for the compiling. */
    private static final String FIRST_COMPILER_ALONE = "-XX:TieredStopAtLevel=1";

    private static final String BOTH_COMPILERS = "-XX:+TieredCompilation";

    private final Setup setup;
    private final boolean isLong;
    private final Map<Long, SeedResult> first = new TreeMap<>();
    private final Map<Long, SeedResult> second = new TreeMap<>();
    private final List<String> lost = new ArrayList<>();

    /**
     * What to run.
     *
     * @param from the first seed
     * @param to the last one
     * @param steps of each, until all is made well
     * @param secondJava home of the JDK of the second runs
     * @param againEach seeds that this divides are run twice
     * @param processes how many there are at a time
     * @param plant name of a mistake that is put in; empty for none
     * @param emphasis what the seeds have much of
     */
    record Setup(
            long from,
            long to,
            long steps,
            Path directory,
            Path secondJava,
            int againEach,
            int processes,
            String plant,
            Emphasis emphasis) {
        boolean isRunAgain(long seed) {
            return seed % againEach == 0;
        }
    }

    /** A part of the seeds, to be run by one process. */
    private record Batch(long from, long to, boolean again) {}

    Campaign(Setup setup) {
        this.setup = setup;
        this.isLong = setup.to - setup.from >= SEEDS_PER_LONG_PROCESS;
    }

    /** Runs all of it. */
    Summary run() throws InterruptedException {
        var pool = Executors.newFixedThreadPool(setup.processes);
        try {
            var batches = new ArrayList<Future<?>>();
            int length = isLong ? SEEDS_PER_LONG_PROCESS : SEEDS_PER_PROCESS;
            for (long from = setup.from; from <= setup.to; from += length) {
                long to = Math.min(setup.to, from + length - 1);
                batches.add(pool.submit(running(new Batch(from, to, false))));
                batches.add(pool.submit(running(new Batch(to, from, true))));
            }
            for (var batch : batches) {
                await(batch);
            }
        } finally {
            pool.shutdownNow();
        }
        return summary();
    }

    private static void await(Future<?> batch) throws InterruptedException {
        try {
            batch.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a part of the campaign can't be run", e.getCause());
        }
    }

    private Callable<Void> running(Batch batch) {
        return () -> {
            run(batch);
            return null;
        };
    }

    private void run(Batch batch) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(command(batch)).redirectErrorStream(true).start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().forEach(line -> take(batch, line));
            int status = process.waitFor();
            if (status != 0) {
                lose("the process of seeds " + batch.from + " to " + batch.to + " has ended with " + status);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> command(Batch batch) {
        var java = batch.again ? setup.secondJava : Path.of(System.getProperty("java.home"));
        return List.of(
                java.resolve("bin/java").toString(),
                "-Xmx" + HEAP_MEBIBYTES + "m",
                "-XX:+UseSerialGC",
                isLong ? BOTH_COMPILERS : FIRST_COMPILER_ALONE,
                "-Draft.simulation.plant=" + setup.plant,
                "-D" + Emphasis.PROPERTY + "=" + setup.emphasis.property(),
                "-Draft.simulation.steps=" + setup.steps,
                "-Draft.simulation.directory=" + setup.directory,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                CampaignWorker.class.getName(),
                Long.toString(batch.from),
                Long.toString(batch.to),
                Integer.toString(batch.again ? setup.againEach : 1));
    }

    private synchronized void take(Batch batch, String line) {
        var result = SeedResult.parse(line);
        if (result == null) {
            log.warn("seeds {} to {}: {}", batch.from, batch.to, line);
            return;
        }
        (batch.again ? second : first).put(result.seed(), result);
        if (!batch.again && result.violations() > 0) {
            log.warn(
                    "seed {}: {} violations, see {}",
                    result.seed(),
                    result.violations(),
                    setup.directory.resolve("seed-" + result.seed() + ".txt"));
        }
    }

    private synchronized void lose(String what) {
        lost.add(what);
    }

    private synchronized Summary summary() {
        var sums = new long[Sometimes.values().length];
        var tolls = new long[Fault.Kind.values().length];
        long steps = 0;
        long violations = 0;
        long operations = 0;
        long undecided = 0;
        var different = new ArrayList<Long>();
        for (var result : first.values()) {
            steps += result.steps();
            violations += result.violations();
            operations += result.history().operations();
            undecided += result.history().undecided();
            add(sums, result.sometimes());
            add(tolls, result.tolls());
            var other = second.get(result.seed());
            boolean missed = other == null && setup.isRunAgain(result.seed());
            if (missed || (other != null && !other.trace().equals(result.trace()))) {
                different.add(result.seed());
            }
        }
        return new Summary(
                first.size(),
                steps,
                violations,
                new SeedResult.History(operations, undecided),
                different,
                new Tallies(list(sums), list(tolls)),
                List.copyOf(lost));
    }

    private static void add(long[] sums, List<Long> numbers) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += numbers.get(i);
        }
    }

    private static List<Long> list(long[] numbers) {
        var list = new ArrayList<Long>();
        for (long number : numbers) {
            list.add(number);
        }
        return List.copyOf(list);
    }

    /** How often what should happen sometimes did, and how often each kind of fault hit somebody. */
    record Tallies(List<Long> sometimes, List<Long> tolls) {}

    /**
     * What came of all seeds.
     *
     * @param different the seeds of which the second run took another course, or did not come to an end
     * @param lost what kept seeds from being run
     */
    record Summary(
            long seeds,
            long steps,
            long violations,
            SeedResult.History history,
            List<Long> different,
            Tallies tallies,
            List<String> lost) {
        /** What has never happened. */
        List<Sometimes> never() {
            var never = new ArrayList<Sometimes>();
            for (var what : Sometimes.values()) {
                if (count(what) == 0) {
                    never.add(what);
                }
            }
            return never;
        }

        @SuppressWarnings("EnumOrdinal") // A place in a list that both processes make alike.
        private long count(Sometimes what) {
            return tallies.sometimes.get(what.ordinal());
        }

        /** A table, and in the last line what counts. */
        List<String> lines() {
            var lines = new ArrayList<String>();
            lines.add("Faults that hit somebody:");
            var kinds = Fault.Kind.values();
            for (int i = 0; i < kinds.length; i++) {
                lines.add("  " + tallies.tolls.get(i) + " " + kinds[i]);
            }
            lines.add("What happened:");
            for (var what : Sometimes.values()) {
                lines.add("  " + count(what) + " " + what);
            }
            lines.add(never().isEmpty() ? "Everything happened that should sometimes" : "Never happened: " + never());
            if (!different.isEmpty()) {
                lines.add("Seeds whose second run was another: " + different);
            }
            lines.addAll(lost);
            lines.add(history.operations() + " operations of clients in histories, " + history.undecided()
                    + " keys undecided");
            lines.add(seeds + " seeds, " + steps + " steps, " + violations + " violations, " + different.size()
                    + " different second runs");
            return lines;
        }
    }
}
