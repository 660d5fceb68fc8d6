package io.raftboot.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Appends to the log in turn with writes into a bare file, so that both meet the same moments of the same disk. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Measures append and force of the write-ahead log beside a bare file that gets the same bytes.")
final class LogCommand implements Callable<Integer> {
    private static final double NANOS_PER_MICROSECOND = 1e3;
    private static final int WARM_UP_FRACTION = 3;

    @Option(names = "--dir", description = "on the disk to be measured", defaultValue = ".")
    private Path directory = Path.of(".");

    @Option(names = "--batches", split = ",", defaultValue = "1,16,256,1024", description = "entries under one force")
    private List<Integer> batches = List.of();

    @Option(names = "--entry-size", defaultValue = "256", description = "bytes of an entry's data")
    private int entrySizeBytes;

    @Option(names = "--appends", defaultValue = "2000", description = "of each size in a round")
    private int appends;

    @Option(names = "--rounds", defaultValue = "5")
    private int rounds;

    private record Round(double logMicros, double bareMicros, double logMeanMicros, double bareMeanMicros) {
        double ratio() {
            return bareMicros / logMicros;
        }

        double meanRatio() {
            return bareMeanMicros / logMeanMicros;
        }
    }

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(directory);
        System.out.println(Machine.describe(directory));
        System.out.println("| entries | bytes on disk | log, p50 us | bare file, p50 us | bare / log, of p50: median"
                + " (least-most) of the rounds | of means |");
        System.out.println("|---|---|---|---|---|---|");
        for (int batch : batches) {
            measure(batch);
        }
        return 0;
    }

    private void measure(int batch) throws Exception {
        var results = new Round[rounds];
        int bytes = 0;
        for (int i = 0; i < rounds; i++) {
            try (var pair = new LogPair(directory, batch, entrySizeBytes)) {
                alternate(pair, appends / WARM_UP_FRACTION);
                results[i] = alternate(pair, appends);
                bytes = pair.batchSizeBytes();
            }
        }
        var ratios = Arrays.stream(results).mapToDouble(Round::ratio).sorted().toArray();
        System.out.println(String.format(
                Locale.ROOT,
                "| %d | %d | %.1f | %.1f | %.3f (%.3f-%.3f) | %.3f |",
                batch,
                bytes,
                median(Arrays.stream(results).mapToDouble(Round::logMicros).toArray()),
                median(Arrays.stream(results).mapToDouble(Round::bareMicros).toArray()),
                median(ratios),
                ratios[0],
                ratios[ratios.length - 1],
                median(Arrays.stream(results).mapToDouble(Round::meanRatio).toArray())));
    }

    private static Round alternate(LogPair pair, int count) throws IOException {
        var log = new Histogram(3);
        var bare = new Histogram(3);
        for (int i = 0; i < count; i++) {
            var writes = pair.prepare();
            // Who comes second finds the device as the first left it: so they take turns.
            if (i % 2 == 0) {
                bare.recordValue(timeBare(pair));
            }
            long start = System.nanoTime();
            var update = pair.append(writes);
            log.recordValue(System.nanoTime() - start);
            pair.advance(update);
            if (i % 2 == 1) {
                bare.recordValue(timeBare(pair));
            }
        }
        return new Round(
                log.getValueAtPercentile(50) / NANOS_PER_MICROSECOND,
                bare.getValueAtPercentile(50) / NANOS_PER_MICROSECOND,
                log.getMean() / NANOS_PER_MICROSECOND,
                bare.getMean() / NANOS_PER_MICROSECOND);
    }

    private static long timeBare(LogPair pair) throws IOException {
        long start = System.nanoTime();
        pair.writeBare();
        return System.nanoTime() - start;
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
