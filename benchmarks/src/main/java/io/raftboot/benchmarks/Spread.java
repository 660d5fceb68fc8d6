package io.raftboot.benchmarks;

import java.util.Arrays;

/** What several rounds came to. */
record Spread(double least, double median, double most) {

    /** @param values one of each round; at least one */
    static Spread of(double... values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }
}
