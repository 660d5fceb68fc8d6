package io.raftboot.raft.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds transcripts and runs them, one dynamic test a file. */
public final class Transcripts {
    private static final Logger log = LoggerFactory.getLogger(Transcripts.class);
    private static final String EXTENSION = ".txt";
    private static final String NO_OUTPUT = "ok\n";

    private Transcripts() {}

    /** Carries out the commands of one file, in order, and keeps the state between them. */
    @FunctionalInterface
    public interface Handler {
        /** The output of a command. Nothing at all counts as {@code ok}; a missing last line feed is supplied. */
        String handle(TestCommand command) throws Exception;
    }

    /**
     * One test for each file of a folder. Without the system property the folders are the project's own and, where
     * they exist, the reference recordings that are kept beside the project; a missing one of those is a skipped test,
     * so that nobody takes the shorter run for the whole.
     *
     * @param property system property that names another folder, which then is the only one; relative to the module
     *     or to the project's root
     * @param reference folders of the reference recordings, relative to the module or to the project's root
     * @param ownResource the class path folder of the project's own transcripts
     * @param handlers makes a new handler for each file
     */
    public static Stream<DynamicTest> tests(
            String property, List<String> reference, String ownResource, Supplier<Handler> handlers) {
        String named = System.getProperty(property);
        if (named != null && !named.isBlank()) {
            return folderTests(named, handlers);
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : files(resource(ownResource))) {
            tests.add(fileTest(file, handlers));
        }
        for (String folder : reference) {
            folderTests(folder, handlers, tests, property);
        }
        return tests.stream();
    }

    /** Runs the commands against the handler; the first output that differs fails the test, with position and diff. */
    public static void run(List<TestCommand> commands, Handler handler) {
        for (TestCommand command : commands) {
            String actual = outputOf(handler, command);
            if (!actual.equals(command.expected())) {
                fail("%s: output of '%s' differs (- expected, + actual)%n%s"
                        .formatted(command.position(), describe(command), LineDiff.of(command.expected(), actual)));
            }
        }
    }

    private static String outputOf(Handler handler, TestCommand command) {
        String output;
        try {
            output = handler.handle(command);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(command.position() + ": '" + describe(command) + "' failed: " + e, e);
        }
        if (output.isEmpty()) {
            return NO_OUTPUT;
        }
        return output.endsWith("\n") ? output : output + "\n";
    }

    private static String describe(TestCommand command) {
        StringBuilder text = new StringBuilder(command.command());
        for (TestCommand.Argument argument : command.arguments()) {
            text.append(' ').append(argument.key());
            if (!argument.isWord()) {
                String values = String.join(",", argument.values());
                text.append(argument.values().size() == 1 ? "=" + values : "=(" + values + ")");
            }
        }
        return text.toString();
    }

    private static Stream<DynamicTest> folderTests(String named, Supplier<Handler> handlers) {
        Path folder = find(named);
        if (folder == null) {
            throw new IllegalArgumentException("no such folder: " + named + ", seen from "
                    + Path.of("").toAbsolutePath() + " or the folder above");
        }
        List<Path> files = files(folder);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no " + EXTENSION + " files in " + folder);
        }
        return files.stream().map(file -> fileTest(file, handlers));
    }

    private static void folderTests(
            String reference, Supplier<Handler> handlers, List<DynamicTest> tests, String property) {
        Path folder = find(reference);
        if (folder == null) {
            String reason =
                    "not run: there is no " + reference + " beside the project (-D" + property + " names another)";
            log.warn("Reference recordings {}", reason);
            tests.add(dynamicTest("reference recordings of " + reference, () -> Assumptions.abort(reason)));
            return;
        }
        for (Path file : files(folder)) {
            tests.add(fileTest(file, handlers));
        }
    }

    private static DynamicTest fileTest(Path file, Supplier<Handler> handlers) {
        int names = file.getNameCount();
        String name = file.subpath(Math.max(0, names - 2), names).toString();
        return dynamicTest(name, file.toUri(), () -> run(TranscriptParser.parse(file), handlers.get()));
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(EXTENSION))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Maven runs tests in the module's folder, while who types a relative path stands in the project's root. */
    private static @Nullable Path find(String folder) {
        for (Path candidate : List.of(Path.of(folder), Path.of("..").resolve(folder))) {
            if (Files.isDirectory(candidate)) {
                return candidate.toAbsolutePath().normalize();
            }
        }
        return null;
    }

    private static Path resource(String folder) {
        URL url = Objects.requireNonNull(Transcripts.class.getResource("/" + folder), folder);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
