package io.raftboot.raft.testing;

import io.raftboot.raft.testing.TestCommand.Argument;
import java.util.ArrayList;
import java.util.List;

/** Splits a command line into its words; a list in parentheses is one word, whatever blanks it contains. */
final class CommandLineParser {
    private final String text;
    private int position;

    CommandLineParser(String text) {
        this.text = text.strip();
    }

    String command() {
        return until(" ");
    }

    List<Argument> arguments() {
        List<Argument> arguments = new ArrayList<>();
        skipBlanks();
        while (!atEnd()) {
            arguments.add(argument());
            skipBlanks();
        }
        return arguments;
    }

    private Argument argument() {
        String key = until(" =");
        if (key.isEmpty()) {
            throw new IllegalArgumentException("argument without a name at column " + (position + 1) + ": " + text);
        }
        if (atEnd() || text.charAt(position) != '=') {
            return Argument.word(key);
        }
        position++;
        if (!atEnd() && text.charAt(position) == '(') {
            position++;
            return Argument.assignment(key, list());
        }
        return Argument.assignment(key, List.of(until(" ")));
    }

    /** The values up to the parenthesis that closes the list; those of nested pairs belong to a value. */
    private List<String> list() {
        List<String> values = new ArrayList<>();
        int depth = 0;
        int start = position;
        for (; !atEnd(); position++) {
            char c = text.charAt(position);
            if (c == '(') {
                depth++;
            } else if (c == ')' && depth > 0) {
                depth--;
            } else if (depth == 0 && (c == ',' || c == ')')) {
                values.add(text.substring(start, position).strip());
                start = position + 1;
                if (c == ')') {
                    position++;
                    return values.equals(List.of("")) ? List.of() : values;
                }
            }
        }
        throw new IllegalArgumentException("parenthesis is not closed: " + text);
    }

    private String until(String delimiters) {
        int start = position;
        while (!atEnd() && delimiters.indexOf(text.charAt(position)) < 0) {
            position++;
        }
        return text.substring(start, position);
    }

    private void skipBlanks() {
        while (!atEnd() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
    }

    private boolean atEnd() {
        return position >= text.length();
    }
}
