package io.raftboot.raft.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a transcript: blocks of a command line, input lines, a line {@code ----} and the expected output up to the
 * next blank line. Lines between blocks that begin with {@code #} are comments. A backslash at its end continues a
 * command line on the next. Output that itself contains blank lines stands between two pairs of {@code ----} lines.
 */
public final class TranscriptParser {
    private static final String SEPARATOR = "----";

    private final String file;
    private final List<String> lines;
    private int next;

    private TranscriptParser(String file, String text) {
        this.file = file;
        this.lines = text.lines().toList();
    }

    /**
     * The commands of a file, in its order.
     *
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if it isn't in the format; the message names file and line
     */
    public static List<TestCommand> parse(Path file) throws IOException {
        return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    }

    /**
     * The commands of a text, in its order.
     *
     * @param file the name to use in messages
     * @throws IllegalArgumentException if the text isn't in the format; the message names file and line
     */
    public static List<TestCommand> parse(String file, String text) {
        return new TranscriptParser(file, text).blocks();
    }

    private List<TestCommand> blocks() {
        List<TestCommand> commands = new ArrayList<>();
        while (next < lines.size()) {
            String line = lines.get(next).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                next++;
            } else {
                commands.add(block());
            }
        }
        return commands;
    }

    private TestCommand block() {
        int firstLine = next + 1;
        try {
            var commandLine = new CommandLineParser(commandLine());
            return new TestCommand(
                    file, firstLine, commandLine.command(), commandLine.arguments(), input(), expected());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ":" + firstLine + ": " + e.getMessage(), e);
        }
    }

    private String commandLine() {
        String line = lines.get(next++).strip();
        while (line.endsWith("\\") && next < lines.size()) {
            line = line.substring(0, line.length() - 1) + " "
                    + lines.get(next++).strip();
        }
        return line;
    }

    private String input() {
        StringBuilder input = new StringBuilder();
        while (next < lines.size()) {
            String line = lines.get(next++);
            if (line.equals(SEPARATOR)) {
                return input.toString().strip();
            }
            input.append(line).append('\n');
        }
        throw new IllegalArgumentException("no line " + SEPARATOR + " follows the command");
    }

    private String expected() {
        if (isSeparator(next)) {
            next++;
            return expectedWithBlankLines();
        }
        StringBuilder expected = new StringBuilder();
        while (next < lines.size() && !lines.get(next).isBlank()) {
            expected.append(lines.get(next++)).append('\n');
        }
        return expected.toString();
    }

    private String expectedWithBlankLines() {
        StringBuilder expected = new StringBuilder();
        while (next < lines.size()) {
            if (isSeparator(next) && isSeparator(next + 1)) {
                next += 2;
                return expected.toString();
            }
            expected.append(lines.get(next++)).append('\n');
        }
        throw new IllegalArgumentException("output is not closed by two lines " + SEPARATOR);
    }

    private boolean isSeparator(int line) {
        return line < lines.size() && lines.get(line).equals(SEPARATOR);
    }
}
