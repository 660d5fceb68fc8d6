package io.raftboot.benchmarks;

import io.raftboot.benchmarks.RunningCluster.Part;
import io.raftboot.benchmarks.measure.Measurement;
import io.raftboot.benchmarks.measure.ProcessUse;
import io.raftboot.benchmarks.results.Figure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one system did at one level of load in one round.
 *
 * @param inFlight writes kept in flight
 * @param measured as whoever put the load saw it
 * @param used by each process meanwhile
 * @param allocatedBytes on the heaps of all members, or null where not all are JVMs
 */
record LevelResult(int inFlight, Measurement measured, Map<Part, ProcessUse> used, @Nullable Long allocatedBytes) {
    private static final double NANOS_PER_MICROSECOND = 1e3;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    double writesPerSecond() {
        return measured.writesPerSecond();
    }

    /** In microseconds. */
    double latencyMicros(double percentile) {
        return measured.latencies().getValueAtPercentile(percentile) / NANOS_PER_MICROSECOND;
    }

    /** In microseconds. */
    double maxLatencyMicros() {
        return measured.latencies().getMaxValue() / NANOS_PER_MICROSECOND;
    }

    /** Processor time per write, of all processes together. */
    double cpuMicros() {
        return micros(ProcessUse::cpu);
    }

    /** Processor time in microseconds per write, of all processes together. */
    private double micros(Function<ProcessUse, Duration> time) {
        return sum(use -> time.apply(use).toNanos()) / NANOS_PER_MICROSECOND / Math.max(1, measured.count());
    }

    private double sum(ToLongFunction<ProcessUse> value) {
        return used.values().stream().mapToLong(value).sum();
    }

    /** All that can be told of it. */
    Map<Figure, Double> figures() {
        double writes = Math.max(1, measured.count());
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.PER_SECOND, writesPerSecond());
        figures.put(Figure.P50_MICROS, latencyMicros(50));
        figures.put(Figure.P99_MICROS, latencyMicros(99));
        figures.put(Figure.P999_MICROS, latencyMicros(99.9));
        figures.put(Figure.MAX_MICROS, maxLatencyMicros());
        figures.put(Figure.USER_MICROS, micros(ProcessUse::user));
        figures.put(Figure.SYSTEM_MICROS, micros(ProcessUse::system));
        figures.put(Figure.CONTEXT_SWITCHES, sum(ProcessUse::contextSwitches) / writes);
        if (allocatedBytes != null) {
            figures.put(Figure.ALLOCATED_BYTES, allocatedBytes / writes);
        }
        figures.put(Figure.RESIDENT_MEBIBYTES, sum(ProcessUse::residentBytes) / BYTES_PER_MEBIBYTE);
        figures.put(Figure.PEAK_MEBIBYTES, sum(ProcessUse::peakResidentBytes) / BYTES_PER_MEBIBYTE);
        figures.put(Figure.FAILED, (double) measured.failures());
        return figures;
    }

    /** Processor time in microseconds per write, process by process. */
    String cpuPerWrite() {
        long writes = Math.max(1, measured.count());
        return used.entrySet().stream()
                .map(part -> String.format(
                        Locale.ROOT,
                        "%s %.1f",
                        part.getKey().role(),
                        part.getValue().cpu().toNanos() / NANOS_PER_MICROSECOND / writes))
                .collect(Collectors.joining(", "));
    }

    /** Where the time in the process that put the load went, thread by thread. */
    String threads() {
        long writes = Math.max(1, measured.count());
        var driver = measured.used();
        String threads = driver.busiestThreads().stream()
                .map(thread -> String.format(
                        Locale.ROOT,
                        "    %-32s %6.2f us/write %8.0f bytes/write%n",
                        thread.name(),
                        thread.cpuNanos() / NANOS_PER_MICROSECOND / writes,
                        (double) thread.allocatedBytes() / writes))
                .collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "%s    %d collections, %d ms; compiling %d ms; %d bytes/write in all%n",
                threads,
                driver.gcCount(),
                driver.gcMillis(),
                driver.jitMillis(),
                driver.allocatedBytes() / writes);
    }
}
