package io.raftboot.benchmarks.results;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results so far, those of earlier runs among them: a file of comma-separated values, of which every line is written when its
 * measurement has ended, so that a run that is broken off can go on. One thread.
 */
public final class ResultsFile {
    static final String SEPARATOR = ",";
    private static final List<String> CELL_COLUMNS =
            List.of("system", "kind", "members", "value_size", "level", "seconds", "round");

    private final @Nullable Path file;
    private final Map<Cell, Result> results = new LinkedHashMap<>();

    private ResultsFile(@Nullable Path file) {
        this.file = file;
    }

    /**
     * Reads the file, or makes one.
     *
     * @param file null for results that are only kept in memory
     * @throws IOException also if it is none of this program's
     */
    public static ResultsFile open(@Nullable Path file) throws IOException {
        var results = new ResultsFile(file);
        if (file == null) {
            return results;
        }
        if (!Files.exists(file)) {
            Files.writeString(file, header() + "\n");
            return results;
        }
        var lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(header())) {
            throw new IOException(file + " does not begin with the line " + header());
        }
        for (int i = 1; i < lines.size(); i++) {
            var result = parse(lines.get(i), file + ", line " + (i + 1));
            results.results.put(result.cell(), result);
        }
        return results;
    }

    public boolean contains(Cell cell) {
        return results.containsKey(cell);
    }

    /** In the order in which they came. */
    public Collection<Result> all() {
        return List.copyOf(results.values());
    }

    public void add(Result result) throws IOException {
        results.put(result.cell(), result);
        if (file != null) {
            Files.writeString(file, line(result) + "\n", StandardOpenOption.APPEND);
        }
    }

    private static String header() {
        List<String> names = new ArrayList<>(CELL_COLUMNS);
        for (var figure : Figure.values()) {
            names.add(figure.name().toLowerCase(Locale.ROOT));
        }
        return String.join(SEPARATOR, names);
    }

    private static String line(Result result) {
        var cell = result.cell();
        List<String> values = new ArrayList<>(List.of(
                cell.system(),
                cell.kind().name().toLowerCase(Locale.ROOT),
                "" + cell.members(),
                "" + cell.valueSizeBytes(),
                "" + cell.level(),
                "" + cell.seconds(),
                "" + cell.round()));
        for (var figure : Figure.values()) {
            var value = result.figures().get(figure);
            values.add(value == null ? "" : String.format(Locale.ROOT, "%.3f", value));
        }
        return String.join(SEPARATOR, values);
    }

    private static Result parse(String line, String where) throws IOException {
        String[] values = line.split(SEPARATOR, -1);
        int columns = CELL_COLUMNS.size();
        if (values.length != columns + Figure.values().length) {
            throw new IOException(where + " has " + values.length + " values; was it cut short? Take it out: " + line);
        }
        try {
            var cell = new Cell(
                    values[0],
                    Kind.valueOf(values[1].toUpperCase(Locale.ROOT)),
                    Integer.parseInt(values[2]),
                    Integer.parseInt(values[3]),
                    Integer.parseInt(values[4]),
                    Integer.parseInt(values[5]),
                    Integer.parseInt(values[6]));
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            int column = columns;
            for (var figure : Figure.values()) {
                String value = values[column++];
                if (!value.isEmpty()) {
                    figures.put(figure, Double.valueOf(value));
                }
            }
            return new Result(cell, figures);
        } catch (IllegalArgumentException e) {
            throw new IOException(where + " can't be read: " + line, e);
        }
    }
}
