package io.raftboot.storage;

import java.util.Arrays;

/**
 * The terms of a log without its entries: terms never fall along it, so a run for each term says all, however many
 * entries there are. Not thread-safe; reader and writer each have their own.
 *
 * <p>Invariants: the base is the entry before the first one; runs begin behind the base, in order, without a gap.
 */
final class TermRuns {
    private static final int INITIAL_CAPACITY = 8;

    private LogPosition base;
    private long lastIndex;
    private long[] firstIndexes = new long[INITIAL_CAPACITY];
    private long[] terms = new long[INITIAL_CAPACITY];
    private int count;

    TermRuns(LogPosition base) {
        this.base = base;
        this.lastIndex = base.index();
    }

    TermRuns copy() {
        var copy = new TermRuns(base);
        copy.lastIndex = lastIndex;
        copy.firstIndexes = firstIndexes.clone();
        copy.terms = terms.clone();
        copy.count = count;
        return copy;
    }

    /** The entry before the first one. */
    LogPosition base() {
        return base;
    }

    LogPosition last() {
        return new LogPosition(lastIndex, count == 0 ? base.term() : terms[count - 1]);
    }

    long lastIndex() {
        return lastIndex;
    }

    /** The term at an index from the base to the last one. */
    long term(long index) {
        if (index < base.index() || index > lastIndex) {
            throw new IllegalArgumentException(
                    "Index " + index + " is not in [" + base.index() + ", " + lastIndex + "]");
        }
        return index == base.index() ? base.term() : terms[runOf(index)];
    }

    void append(long index, long term) {
        if (index != lastIndex + 1) {
            throw new IllegalArgumentException("Entry " + index + " does not follow " + lastIndex);
        }
        if (count == 0 || terms[count - 1] != term) {
            if (count == terms.length) {
                firstIndexes = Arrays.copyOf(firstIndexes, 2 * count);
                terms = Arrays.copyOf(terms, 2 * count);
            }
            firstIndexes[count] = index;
            terms[count] = term;
            count++;
        }
        lastIndex = index;
    }

    /** Forgets what is at the index and behind it. */
    void truncateFrom(long index) {
        if (index <= base.index()) {
            throw new IllegalArgumentException("Index " + index + " is not behind the base " + base.index());
        }
        if (index > lastIndex) {
            return;
        }
        while (count > 0 && firstIndexes[count - 1] >= index) {
            count--;
        }
        lastIndex = index - 1;
    }

    /** Makes the index the base, if it lies behind it. */
    void compact(long index) {
        if (index <= base.index()) {
            return;
        }
        var newBase = new LogPosition(index, term(index));
        int keep = index == lastIndex ? count : runOf(index + 1);
        System.arraycopy(firstIndexes, keep, firstIndexes, 0, count - keep);
        System.arraycopy(terms, keep, terms, 0, count - keep);
        count -= keep;
        if (count > 0) {
            firstIndexes[0] = Math.max(firstIndexes[0], index + 1);
        }
        base = newBase;
    }

    /** An empty log behind a position. */
    void reset(LogPosition newBase) {
        base = newBase;
        lastIndex = newBase.index();
        count = 0;
    }

    private int runOf(long index) {
        int found = Arrays.binarySearch(firstIndexes, 0, count, index);
        return found >= 0 ? found : -found - 2;
    }
}
