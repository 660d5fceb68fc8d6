package io.raftboot.shape;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The Java files of all modules that the project's own pom names, those of profiles too. */
final class Sources {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    private Sources() {}

    /** What ships, parsed once for all tests. */
    static List<ParsedSource> main() {
        return Main.SOURCES;
    }

    /** What tests it, parsed once for all tests. */
    static List<ParsedSource> test() {
        return Tests.SOURCES;
    }

    private static final class Main {
        static final List<ParsedSource> SOURCES = read("main");
    }

    private static final class Tests {
        static final List<ParsedSource> SOURCES = read("test");
    }

    private static List<ParsedSource> read(String kind) {
        try {
            return List.copyOf(parsed(kind));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ParsedSource> parsed(String kind) throws IOException {
        var sources = new ArrayList<ParsedSource>();
        var modules = MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (modules.find()) {
            var root = ROOT.resolve(modules.group(1)).resolve(Path.of("src", kind, "java"));
            if (Files.isDirectory(root)) {
                sources.addAll(below(modules.group(1), root));
            }
        }
        return sources;
    }

    private static List<ParsedSource> below(String module, Path root) throws IOException {
        try (var files = Files.walk(root)) {
            var sources = new ArrayList<ParsedSource>();
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                sources.add(ParsedSource.of(module, root.relativize(file).toString(), Files.readString(file)));
            }
            return sources;
        }
    }
}
