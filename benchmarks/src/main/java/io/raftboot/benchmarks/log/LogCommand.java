package io.raftboot.benchmarks.log;

import io.raftboot.benchmarks.measure.Machine;
import io.raftboot.benchmarks.measure.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Appends to the log in turn with writes into a bare file, so that both meet the same moments of the same disk. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Measures append and force of the write-ahead log beside a bare file that gets the same bytes.")
public final class LogCommand implements Callable<Integer> {
    private static final double NANOS_PER_MICROSECOND = 1e3;
    private static final int WARM_UP_FRACTION = 3;
    private static final int MAX_ENTRY_SIZE_BYTES = 4096;
    private static final int MAX_BATCH = 4096;
    private static final int MAX_APPENDS = 10_000_000;
    private static final int MAX_ROUNDS = 1000;

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

    @Spec
    private @Nullable CommandSpec spec;

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
        var bounds = new Bounds(spec)
                .checkDirectory("--dir", directory)
                .check("--entry-size", entrySizeBytes, 0, MAX_ENTRY_SIZE_BYTES)
                .check("--appends", appends, 1, MAX_APPENDS)
                .check("--rounds", rounds, 1, MAX_ROUNDS);
        batches.forEach(batch -> bounds.check("--batches", batch, 1, MAX_BATCH));
        Files.createDirectories(directory);
        System.out.println(Machine.describe(directory));
        System.out.println(
                "| bare file | entries | bytes on disk | log, p50 us | bare file, p50 us | bare / log, of p50: median"
                        + " (least-most) of the rounds | of means |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (var kind : BareFile.Kind.values()) {
            for (int batch : batches) {
                measure(kind, batch);
            }
        }
        return 0;
    }

    private void measure(BareFile.Kind kind, int batch) throws Exception {
        var results = new Round[rounds];
        int bytes = 0;
        for (int i = 0; i < rounds; i++) {
            try (var pair = new LogBesideFile(directory, kind, batch, entrySizeBytes)) {
                alternate(pair, appends / WARM_UP_FRACTION);
                results[i] = alternate(pair, appends);
                bytes = pair.batchSizeBytes();
            }
        }
        var ratios = spread(results, Round::ratio);
        System.out.println(String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.1f | %.1f | %.3f (%.3f-%.3f) | %.3f |",
                kind.title(),
                batch,
                bytes,
                spread(results, Round::logMicros).median(),
                spread(results, Round::bareMicros).median(),
                ratios.median(),
                ratios.least(),
                ratios.most(),
                spread(results, Round::meanRatio).median()));
    }

    private static Spread spread(Round[] results, ToDoubleFunction<Round> figure) {
        return Spread.of(Arrays.stream(results).mapToDouble(figure).toArray());
    }

    private static Round alternate(LogBesideFile pair, int count) throws IOException {
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

    private static long timeBare(LogBesideFile pair) throws IOException {
        long start = System.nanoTime();
        pair.writeBare();
        return System.nanoTime() - start;
    }
}
