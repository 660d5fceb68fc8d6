package io.raftboot.benchmarks;

import io.raftboot.benchmarks.RunningCluster.Part;
import io.raftboot.benchmarks.measure.Measurement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one system did at one level of load in one round.
 *
 * @param inFlight writes kept in flight
 * @param measured as whoever put the load saw it
 * @param cpu processor time of each process meanwhile
 */
record LevelResult(int inFlight, Measurement measured, Map<Part, Duration> cpu) {
    private static final double NANOS_PER_MICROSECOND = 1e3;

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
        return cpu.values().stream().mapToLong(Duration::toNanos).sum()
                / NANOS_PER_MICROSECOND
                / Math.max(1, measured.count());
    }

    /** Processor time in microseconds per write, process by process. */
    String cpuPerWrite() {
        long writes = Math.max(1, measured.count());
        return cpu.entrySet().stream()
                .map(part -> String.format(
                        Locale.ROOT,
                        "%s %.1f",
                        part.getKey().role(),
                        part.getValue().toNanos() / NANOS_PER_MICROSECOND / writes))
                .collect(Collectors.joining(", "));
    }

    /** Where the time in the process that put the load went, thread by thread. */
    String threads() {
        long writes = Math.max(1, measured.count());
        var used = measured.used();
        String threads = used.busiestThreads().stream()
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
                used.gcCount(),
                used.gcMillis(),
                used.jitMillis(),
                used.allocatedBytes() / writes);
    }
}
