package io.raftboot.benchmarks;

import io.raftboot.benchmarks.measure.Spread;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Prints what comes in, and in the end the medians over the rounds, as a table that can go into a page as it is. */
final class Report {
    private final PrintWriter out;
    /** By level of load, then by system, in the order of their first appearance. */
    private final Map<Integer, Map<String, List<LevelResult>>> results = new LinkedHashMap<>();

    Report(PrintWriter out) {
        this.out = out;
    }

    void add(int round, String system, LevelResult result, boolean threads) {
        results.computeIfAbsent(result.inFlight(), level -> new LinkedHashMap<>())
                .computeIfAbsent(system, name -> new ArrayList<>())
                .add(result);
        line(
                "round %d %-5s in flight %4d: %9.0f writes/s  p50 %8.0f us  p99 %8.0f us  max %8.0f us"
                        + "  cpu us/write: %s",
                round,
                system,
                result.inFlight(),
                result.writesPerSecond(),
                result.latencyMicros(50),
                result.latencyMicros(99),
                result.maxLatencyMicros(),
                result.cpuPerWrite());
        if (result.measured().failures() > 0) {
            line(
                    "  %d writes failed, the last with: %s",
                    result.measured().failures(), result.measured().lastFailure());
        }
        if (threads) {
            out.print(result.threads());
            out.flush();
        }
    }

    void summary() {
        table();
        results.values().stream().findFirst().ifPresent(this::ratios);
    }

    void table() {
        line("%n| in flight | system | writes/s median (min-max) | p50 us | p99 us | max us | cpu us/write | failed |");
        line("|---|---|---|---|---|---|---|---|");
        results.forEach((level, systems) -> systems.forEach((system, rounds) -> line(
                "| %d | %s | %.0f (%.0f-%.0f) | %.0f | %.0f | %.0f | %.1f | %d |",
                level,
                system,
                median(rounds, LevelResult::writesPerSecond),
                rounds.stream().mapToDouble(LevelResult::writesPerSecond).min().orElseThrow(),
                rounds.stream().mapToDouble(LevelResult::writesPerSecond).max().orElseThrow(),
                median(rounds, result -> result.latencyMicros(50)),
                median(rounds, result -> result.latencyMicros(99)),
                rounds.stream().mapToDouble(LevelResult::maxLatencyMicros).max().orElseThrow(),
                median(rounds, LevelResult::cpuMicros),
                rounds.stream()
                        .mapToLong(result -> result.measured().failures())
                        .sum())));
    }

    /** What one system did beside another, at each level. */
    void ratio(String of, String to) {
        results.forEach((level, systems) -> {
            var first = systems.get(of);
            var second = systems.get(to);
            if (first != null && second != null) {
                ratio(level, of, first, to, second);
            }
        });
    }

    private void ratios(Map<String, List<LevelResult>> systems) {
        var names = List.copyOf(systems.keySet());
        for (String other : names.subList(1, names.size())) {
            ratio(names.get(0), other);
        }
    }

    private void ratio(int level, String of, List<LevelResult> first, String to, List<LevelResult> second) {
        // A round's two runs are minutes apart at most, so their ratio has seen one machine; medians of all have not.
        int rounds = Math.min(first.size(), second.size());
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = first.get(i).writesPerSecond() / second.get(i).writesPerSecond();
        }
        var writes = Spread.of(ratios);
        line(
                "%s / %s at %d in flight: %.2f times the writes (%.2f to %.2f, median of the rounds' ratios);"
                        + " %.2f times the processor time per write",
                of,
                to,
                level,
                writes.median(),
                writes.least(),
                writes.most(),
                median(first, LevelResult::cpuMicros) / median(second, LevelResult::cpuMicros));
    }

    void line(String format, @Nullable Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }

    private static double median(List<LevelResult> rounds, ToDoubleFunction<LevelResult> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
