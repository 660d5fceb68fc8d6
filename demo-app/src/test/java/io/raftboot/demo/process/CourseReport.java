package io.raftboot.demo.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * What each kind of step cost those who sent commands meanwhile. A stall is the longest time in a step in which no command of anybody was
 * acknowledged; a wait is the longest that one caller had to wait for one command in it, all attempts together. The 99th percentile is of
 * the steps, or of all commands that were under way in them; of fewer than a hundred it is the greatest.
 */
final class CourseReport {
    private static final String HEAD = "| operation | steps | took, median | commands | refused answers | sent again"
            + " | longest stall | p99 stall | longest wait | p99 wait | p99 latency |\n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

    private final Path file;
    private final Map<String, List<Step>> steps = new LinkedHashMap<>();
    private int rounds;

    private record Step(long tookMillis, Timeline.Excerpt excerpt) {}

    /** @param name of the file under {@code target} that it is written to after each round */
    CourseReport(String name) {
        file = Path.of("target", name + ".md").toAbsolutePath();
    }

    void add(String operation, long tookMillis, Timeline.Excerpt excerpt) {
        steps.computeIfAbsent(operation, name -> new ArrayList<>()).add(new Step(tookMillis, excerpt));
    }

    /** Writes down what there is, so that a campaign that is broken off has told what it has found. */
    void roundEnded() {
        rounds++;
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        var text = new StringBuilder(rounds + " rounds; times in ms\n\n" + HEAD);
        steps.forEach((operation, taken) -> text.append(line(operation, taken)));
        return text.toString();
    }

    private static String line(String operation, List<Step> taken) {
        var excerpts = taken.stream().map(Step::excerpt).toList();
        long[] stalls = sorted(excerpts.stream().mapToLong(Timeline.Excerpt::stallMillis));
        long[] waits = sorted(excerpts.stream().mapToLong(Timeline.Excerpt::slowestMillis));
        long[] latencies = sorted(excerpts.stream()
                .flatMap(excerpt -> excerpt.commands().stream())
                .mapToLong(Timeline.Command::millis));
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |%n",
                operation,
                taken.size(),
                percentile(sorted(taken.stream().mapToLong(Step::tookMillis)), 50),
                latencies.length,
                excerpts.stream().mapToInt(Timeline.Excerpt::refusals).sum(),
                excerpts.stream().mapToInt(Timeline.Excerpt::retries).sum(),
                percentile(stalls, 100),
                percentile(stalls, 99),
                percentile(waits, 100),
                percentile(waits, 99),
                percentile(latencies, 99));
    }

    private static long[] sorted(LongStream values) {
        return values.sorted().toArray();
    }

    /** The value that so many of a hundred are not above. */
    static long percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length * (long) percent + 99) / 100) - 1];
    }
}
