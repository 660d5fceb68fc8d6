package io.raftboot.proof.plant;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All mistakes that can be planted, as {@code plants.txt} has them. */
public final class Plants {
    private static final String NAMES = "raft.simulation.plant";

    private Plants() {}

    /** In the order of the file. */
    public static List<Plant> all() {
        try (var in = Objects.requireNonNull(Plants.class.getResourceAsStream("plants.txt"))) {
            return parse(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The one of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Plant named(String name) {
        return all().stream()
                .filter(plant -> plant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no plant " + name + "; there are "
                        + all().stream().map(Plant::name).toList()));
    }

    /** The one that {@code -Draft.simulation.plant=NAME} asks for; null if none. */
    public static @Nullable Plant asked() {
        var name = System.getProperty(NAMES);
        return name == null || name.isEmpty() ? null : named(name);
    }

    static List<Plant> parse(String text) {
        var plants = new ArrayList<Plant>();
        for (var part : text.split("(?m)^== ", -1)) {
            if (!part.startsWith("#")) {
                plants.add(plant(part));
            }
        }
        return List.copyOf(plants);
    }

    private static Plant plant(String part) {
        var lines = part.lines().toList();
        int bug = Integer.parseInt(value(lines.get(1), "bug: "));
        var edits = new ArrayList<Plant.Edit>();
        var tests = List.<String>of();
        var course = "";
        var file = "";
        var from = new ArrayList<String>();
        var to = new ArrayList<String>();
        for (var line : lines.subList(3, lines.size())) {
            if (line.startsWith("test: ")) {
                tests = List.of(value(line, "test: ").split(", "));
            } else if (line.startsWith("course: ")) {
                course = value(line, "course: ");
            } else if (line.startsWith("file: ")) {
                addEdit(edits, file, from, to);
                file = value(line, "file: ");
            } else if (line.startsWith("-")) {
                from.add(line.substring(1));
            } else if (line.startsWith("+")) {
                to.add(line.substring(1));
            } else if (!line.isEmpty()) {
                throw new IllegalArgumentException(
                        lines.get(0) + ": a line begins with test:, course:, file:, - or +, not " + line);
            }
        }
        addEdit(edits, file, from, to);
        return new Plant(lines.get(0), bug, value(lines.get(2), "what: "), tests, course, List.copyOf(edits));
    }

    private static void addEdit(List<Plant.Edit> edits, String file, List<String> from, List<String> to) {
        if (!from.isEmpty()) {
            edits.add(new Plant.Edit(file, String.join("\n", from), String.join("\n", to)));
        }
        from.clear();
        to.clear();
    }

    private static String value(String line, String key) {
        if (!line.startsWith(key)) {
            throw new IllegalArgumentException("'" + key + "' should be in place of " + line);
        }
        return line.substring(key.length());
    }
}
