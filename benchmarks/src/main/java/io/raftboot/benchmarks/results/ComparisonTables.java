package io.raftboot.benchmarks.results;

import io.raftboot.benchmarks.measure.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Medians over the rounds, with the least and the most, and what each system did beside the first: a table of each for each
 * kind of measurement, number of members and size of values.
 */
public final class ComparisonTables {
    private static final double WHOLE_FROM = 100;

    private ComparisonTables() {}

    /** Which table it stands in. */
    private record Group(Kind kind, int members, int valueSizeBytes, int seconds) {
        static Group of(Result result) {
            var cell = result.cell();
            return new Group(cell.kind(), cell.members(), cell.valueSizeBytes(), cell.seconds());
        }

        String title() {
            return String.format(
                    Locale.ROOT,
                    "%s: %d %s, values of %d bytes%s",
                    kind.title(),
                    members,
                    members == 1 ? "member" : "members",
                    valueSizeBytes,
                    seconds == 0 ? "" : ", " + seconds + " s");
        }
    }

    /** A row: all rounds of it. */
    private record Row(int level, String system) {
        static Row of(Result result) {
            return new Row(result.cell().level(), result.cell().system());
        }
    }

    /** All of them, line by line. */
    public static List<String> of(Collection<Result> results) {
        List<String> lines = new ArrayList<>();
        Map<Group, List<Result>> groups =
                results.stream().collect(Collectors.groupingBy(Group::of, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((group, members) -> {
            lines.addAll(List.of("", group.title(), ""));
            Map<Row, List<Result>> rows = rows(members);
            lines.addAll(medians(group.kind(), rows));
            lines.addAll(ratios(group.kind(), rows));
        });
        return lines;
    }

    /** By level, and in each level the systems in the order of their first appearance. */
    private static Map<Row, List<Result>> rows(List<Result> results) {
        Map<Row, List<Result>> rows = new LinkedHashMap<>();
        var systems = results.stream()
                .map(result -> result.cell().system())
                .distinct()
                .toList();
        results.stream()
                .mapToInt(result -> result.cell().level())
                .distinct()
                .sorted()
                .forEach(level -> {
                    for (String system : systems) {
                        var row = new Row(level, system);
                        var rounds = results.stream()
                                .filter(result -> Row.of(result).equals(row))
                                .toList();
                        if (!rounds.isEmpty()) {
                            rows.put(row, rounds);
                        }
                    }
                });
        return rows;
    }

    private static List<String> medians(Kind kind, Map<Row, List<Result>> rows) {
        var columns = Arrays.stream(Figure.values())
                .filter(figure -> rows.values().stream().flatMap(List::stream).anyMatch(result -> result.figures()
                        .containsKey(figure)))
                .toList();
        List<String> lines = new ArrayList<>();
        lines.add("| " + kind.level() + " | system | rounds | "
                + columns.stream().map(Figure::title).collect(Collectors.joining(" | ")) + " |");
        lines.add("|---".repeat(columns.size() + 3) + "|");
        rows.forEach((row, rounds) -> lines.add("| " + row.level() + " | " + row.system() + " | " + rounds.size()
                + " | " + columns.stream().map(figure -> spread(rounds, figure)).collect(Collectors.joining(" | "))
                + " |"));
        return lines;
    }

    private static String spread(List<Result> rounds, Figure figure) {
        double[] values = rounds.stream()
                .filter(result -> result.figures().containsKey(figure))
                .mapToDouble(result -> value(result, figure))
                .toArray();
        if (values.length == 0) {
            return "";
        }
        var spread = Spread.of(values);
        return values.length == 1
                ? number(spread.median())
                : number(spread.median()) + " (" + number(spread.least()) + "-" + number(spread.most()) + ")";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= WHOLE_FROM || value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }

    /** The first system beside each other one, at the same level in the same round: both have seen one machine. */
    private static List<String> ratios(Kind kind, Map<Row, List<Result>> rows) {
        var systems = rows.keySet().stream().map(Row::system).distinct().toList();
        if (systems.size() < 2) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        String first = systems.get(0);
        lines.add("");
        lines.add("| " + kind.level() + " | " + first + " / | per second | p50 | p99 | processor time | ms |");
        lines.add("|---|---|---|---|---|---|---|");
        rows.forEach((row, others) -> {
            var ours = rows.getOrDefault(new Row(row.level(), first), List.of());
            if (!row.system().equals(first) && !ours.isEmpty()) {
                var pairs = pairs(ours, others);
                lines.add("| " + row.level() + " | " + row.system() + " | "
                        + ratio(pairs, result -> value(result, Figure.PER_SECOND)) + " | "
                        + ratio(pairs, result -> value(result, Figure.P50_MICROS)) + " | "
                        + ratio(pairs, result -> value(result, Figure.P99_MICROS)) + " | "
                        + ratio(
                                pairs,
                                result -> value(result, Figure.USER_MICROS) + value(result, Figure.SYSTEM_MICROS))
                        + " | " + ratio(pairs, result -> value(result, Figure.MILLIS)) + " |");
            }
        });
        return lines;
    }

    private record Pair(Result ours, Result other) {}

    private static List<Pair> pairs(List<Result> ours, List<Result> others) {
        List<Pair> pairs = new ArrayList<>();
        for (var our : ours) {
            others.stream()
                    .filter(other -> other.cell().round() == our.cell().round())
                    .findFirst()
                    .ifPresent(other -> pairs.add(new Pair(our, other)));
        }
        return pairs;
    }

    private static String ratio(List<Pair> pairs, ToDoubleFunction<Result> value) {
        double[] ratios = pairs.stream()
                .mapToDouble(pair -> value.applyAsDouble(pair.ours()) / value.applyAsDouble(pair.other()))
                .filter(Double::isFinite)
                .toArray();
        if (ratios.length == 0) {
            return "";
        }
        var spread = Spread.of(ratios);
        return ratios.length == 1
                ? String.format(Locale.ROOT, "%.2f", spread.median())
                : String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.least(), spread.most());
    }

    /** Not a number if this one can't tell. */
    private static double value(Result result, Figure figure) {
        return result.figures().getOrDefault(figure, Double.NaN);
    }
}
