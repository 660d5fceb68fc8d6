package io.raftboot.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core is to be read: no file and no method of it may grow out of sight. */
class SourceShapeTests {
    private static final Path CORE = Path.of("src", "main", "java", "io", "raftboot", "raft");
    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 60;

    /** The formatter puts the end of a block at the indentation of its first line, which a type may have too. */
    private static final Pattern TYPE = Pattern.compile("\\b(class|interface|record|enum)\\b.*");

    @Test
    void noFileOfTheCoreIsTooLong() {
        assertThat(files()).isNotEmpty().allSatisfy(file -> assertThat(lines(file))
                .as(file.toString())
                .hasSizeLessThanOrEqualTo(MAX_FILE_LINES));
    }

    @Test
    void noMethodOfTheCoreIsTooLong() {
        assertThat(files()).allSatisfy(file -> assertThat(tooLong(lines(file), MAX_METHOD_LINES))
                .as(file.toString())
                .isEmpty());
    }

    @Test
    void lengthOfAMethodIsCountedFromItsNameToItsEnd() {
        List<String> source =
                """
                final class Example {
                    /** Not counted. */
                    void method(
                            int parameter) {
                        if (parameter > 0) {
                            run();
                        }
                    }
                }
                """
                        .lines()
                        .toList();

        assertThat(tooLong(source, 6)).isEmpty();
        assertThat(tooLong(source, 5)).containsExactly("void method( (6 lines)");
    }

    private static List<String> tooLong(List<String> lines, int limit) {
        List<String> found = new ArrayList<>();
        for (int end = 0; end < lines.size(); end++) {
            String line = lines.get(end);
            if (line.strip().equals("}") && line.length() > 1) {
                int start = start(lines, end, indentationOf(line));
                String first = lines.get(start).strip();
                if (end - start + 1 > limit && !TYPE.matcher(first).find()) {
                    found.add(first + " (" + (end - start + 1) + " lines)");
                }
            }
        }
        return found;
    }

    /** The nearest line above that begins where the block ends. */
    private static int start(List<String> lines, int end, int indentation) {
        int start = end - 1;
        while (indentationOf(lines.get(start)) != indentation) {
            start--;
        }
        return start;
    }

    private static int indentationOf(String line) {
        return line.isBlank() ? -1 : line.length() - line.stripLeading().length();
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.walk(CORE)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
