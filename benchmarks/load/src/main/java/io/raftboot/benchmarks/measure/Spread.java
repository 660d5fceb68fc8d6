package io.raftboot.benchmarks.measure;

import java.util.Arrays;

/** What several rounds came to. */
public record Spread(double least, double median, double most) {

    /**
     * The spread of what the rounds came to.
     *
     * @param values one of each round; at least one
     */
    public static Spread of(double... values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }
}
