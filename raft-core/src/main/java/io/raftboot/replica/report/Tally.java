package io.raftboot.replica.report;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts work of one kind until somebody takes the figures away. Any thread; what is added meanwhile is in the one figure or the next. */
final class Tally {
    /** How many figures it has. */
    static final int FIGURES = 4;

    private final LongAdder count = new LongAdder();
    private final LongAdder parts = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAccumulator longestNanos = new LongAccumulator(Long::max, 0);

    void add(int newParts, long newNanos) {
        count.increment();
        parts.add(newParts);
        nanos.add(newNanos);
        longestNanos.accumulate(newNanos);
    }

    /** Puts count, parts, time and longest time into an array, and begins anew. */
    void moveTo(long[] figures, int at) {
        figures[at] = count.sumThenReset();
        figures[at + 1] = parts.sumThenReset();
        figures[at + 2] = nanos.sumThenReset();
        figures[at + 3] = longestNanos.getThenReset();
    }

    /** Returns the count, and begins anew. */
    long take() {
        return count.sumThenReset();
    }
}
