package io.raftboot.raft.testing;

import java.util.List;

/**
 * One command of a transcript with what belongs to it.
 *
 * @param file name of the file, for messages
 * @param line number of the command's first line, from 1
 * @param command first word of the command line
 * @param arguments all other words, in the order written
 * @param input what stands between the command line and the separator, without white space around it
 * @param expected the output to compare with; every line, also the last, ends with a line feed
 */
public record TestCommand(
        String file, int line, String command, List<Argument> arguments, String input, String expected) {

    /**
     * A word of the command line after the first.
     *
     * @param key the word, or what stands before its {@code =}
     * @param isWord whether there is no {@code =} in it, and so no value
     * @param values empty for a word and for {@code key=()}; one for {@code key=value}; all of them for
     *     {@code key=(value1,value2)}
     */
    public record Argument(String key, boolean isWord, List<String> values) {
        public Argument {
            values = List.copyOf(values);
        }

        static Argument word(String word) {
            return new Argument(word, true, List.of());
        }

        static Argument assignment(String key, List<String> values) {
            return new Argument(key, false, values);
        }
    }

    public TestCommand {
        arguments = List.copyOf(arguments);
    }

    /** Where the command stands, in the form that editors and terminals turn into a link. */
    public String position() {
        return file + ":" + line;
    }

    /** Whether an argument of that key is there, with or without a value. */
    public boolean has(String key) {
        return arguments.stream().anyMatch(argument -> argument.key().equals(key));
    }

    /** The values of the first argument of that key; empty if there is none. */
    public List<String> values(String key) {
        return arguments.stream()
                .filter(argument -> argument.key().equals(key))
                .findFirst()
                .map(Argument::values)
                .orElse(List.of());
    }

    /** The one value of an argument, or the default if there is no argument of that key. */
    public String value(String key, String defaultValue) {
        return has(key) ? single(key) : defaultValue;
    }

    /** The one value of an argument as an unsigned number, or the default if there is no argument of that key. */
    public long number(String key, long defaultValue) {
        return has(key) ? Long.parseUnsignedLong(single(key)) : defaultValue;
    }

    /** The one value of an argument as a truth value, or the default if there is no argument of that key. */
    public boolean flag(String key, boolean defaultValue) {
        if (!has(key)) {
            return defaultValue;
        }
        String text = single(key);
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(position() + ": " + key + " is neither true nor false: " + text);
        }
        return text.equals("true");
    }

    /** All values of an argument as unsigned numbers; empty if there is none. */
    public List<Long> numbers(String key) {
        return values(key).stream().map(Long::parseUnsignedLong).toList();
    }

    /** The arguments that have no {@code =}, in the order written. */
    public List<String> words() {
        return arguments.stream().filter(Argument::isWord).map(Argument::key).toList();
    }

    private String single(String key) {
        List<String> values = values(key);
        if (values.size() != 1) {
            throw new IllegalArgumentException(position() + ": one value expected for " + key + ", not " + values);
        }
        return values.get(0);
    }
}
