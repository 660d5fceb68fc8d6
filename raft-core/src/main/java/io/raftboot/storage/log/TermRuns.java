package io.raftboot.storage.log;

import io.raftboot.raft.proto.Entry;
import java.util.Arrays;
import java.util.List;

/**
 * The terms of a log without its entries: terms never fall along it, so a run for each term says all, however many
 * entries there are. Not thread-safe; reader and writer each have their own.
 *
 * <p>Invariants: the base is the entry before the first one; runs begin behind the base, in order, without a gap.
 */
public final class TermRuns {
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
    public LogPosition base() {
        return base;
    }

    LogPosition last() {
        return new LogPosition(lastIndex, lastTerm());
    }

    public long lastIndex() {
        return lastIndex;
    }

    /** The term at an index from the base to the last one. */
    long term(long index) {
        if (index < base.index() || index > lastIndex) {
            throw new IllegalArgumentException(
                    "index " + index + " is not in [" + base.index() + ", " + lastIndex + "]");
        }
        return index == base.index() ? base.term() : terms[runOf(index)];
    }

    /**
     * Appends entries without a gap.
     *
     * @throws IllegalArgumentException if they leave one, or a term is less than the one before. Of entries that the first and
     *     the last one of a term enclose, only their number is looked at
     */
    void append(List<Entry> entries) {
        for (int from = 0, to; from < entries.size(); from = to) {
            to = EntriesRecord.termEnd(entries, from);
            var first = entries.get(from);
            long last = entries.get(to - 1).getIndex();
            if (last - first.getIndex() != to - 1 - from) {
                throw new IllegalArgumentException(
                        "entries " + first.getIndex() + " to " + last + " are " + (to - from) + ", not in order");
            }
            append(first.getIndex(), last, first.getTerm());
        }
    }

    /**
     * Appends the entries from an index to another, all of one term.
     *
     * @throws IllegalArgumentException if they leave a gap, or the term is less than the one before
     */
    void append(long index, long newLastIndex, long term) {
        if (index != lastIndex + 1) {
            throw new IllegalArgumentException("entry " + index + " does not follow " + lastIndex);
        }
        if (term < lastTerm()) {
            throw new IllegalArgumentException(
                    "entry " + index + " has term " + term + ", less than " + lastTerm() + " of the one before");
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
        lastIndex = newLastIndex;
    }

    /** Forgets what is at the index and behind it. */
    void truncateFrom(long index) {
        if (index <= base.index()) {
            throw new IllegalArgumentException("index " + index + " is not behind the base " + base.index());
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
    public void reset(LogPosition newBase) {
        base = newBase;
        lastIndex = newBase.index();
        count = 0;
    }

    private long lastTerm() {
        return count == 0 ? base.term() : terms[count - 1];
    }

    private int runOf(long index) {
        int found = Arrays.binarySearch(firstIndexes, 0, count, index);
        return found >= 0 ? found : -found - 2;
    }
}
