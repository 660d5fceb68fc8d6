package io.raftboot.replica;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What came of one seed, as one process tells another.
 *
 * @param trace hash of all that happened
 * @param violations how much was found
 * @param history how much there was to check of what clients were told
 * @param sometimes how often each of what should happen sometimes did, in the order in which it is named
 * @param tolls how often each kind of fault really hit somebody, in the order of kinds
 */
record SeedResult(
        long seed, String trace, long steps, int violations, History history, List<Long> sometimes, List<Long> tolls) {
    private static final String BEGIN = "campaign-seed";
    private static final int WORDS = 9;

    /**
     * What was checked of the clients' history.
     *
     * @param operations that there are
     * @param undecided keys of which it was not found out whether they have an order
     */
    record History(long operations, long undecided) {}

    /** The line that says so. */
    String line() {
        return String.join(
                " ",
                BEGIN,
                Long.toString(seed),
                trace,
                Long.toString(steps),
                Integer.toString(violations),
                Long.toString(history.operations),
                Long.toString(history.undecided),
                join(sometimes),
                join(tolls));
    }

    private static String join(List<Long> numbers) {
        return numbers.stream().map(number -> Long.toString(number)).collect(Collectors.joining(","));
    }

    /** Reads such a line; null if it is another one. */
    static @Nullable SeedResult parse(String line) {
        var words = line.split(" ", -1);
        if (words.length != WORDS || !words[0].equals(BEGIN)) {
            return null;
        }
        return new SeedResult(
                Long.parseLong(words[1]),
                words[2],
                Long.parseLong(words[3]),
                Integer.parseInt(words[4]),
                new History(Long.parseLong(words[5]), Long.parseLong(words[6])),
                numbers(words[7]),
                numbers(words[8]));
    }

    private static List<Long> numbers(String joined) {
        return Arrays.stream(joined.split(",", -1)).map(Long::valueOf).toList();
    }
}
