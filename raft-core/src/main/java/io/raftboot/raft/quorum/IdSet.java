package io.raftboot.raft.quorum;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of member ids in ascending unsigned order, so that whoever goes through it does so in the same order
 * on every run. Made for the handful of members of a group: every change copies.
 */
public final class IdSet {
    /** The set without members. */
    public static final IdSet EMPTY = new IdSet(new long[0]);

    /** The ids without repetition, ascending as unsigned numbers. Never changed after construction. */
    private final long[] ids;

    private IdSet(long[] ids) {
        this.ids = ids;
    }

    /** The set of the ids given, in any order; repetitions count once. */
    public static IdSet of(long... ids) {
        return ofSorted(LongStream.of(ids).distinct().toArray());
    }

    /** The set of the ids given, in any order; repetitions count once. */
    public static IdSet of(Collection<Long> ids) {
        return ofSorted(ids.stream().mapToLong(Long::longValue).distinct().toArray());
    }

    private static IdSet ofSorted(long[] distinct) {
        if (distinct.length == 0) {
            return EMPTY;
        }
        // Flipping the sign bit turns the unsigned order into the signed one, which the library sorts by.
        flipSigns(distinct);
        Arrays.sort(distinct);
        flipSigns(distinct);
        return new IdSet(distinct);
    }

    private static void flipSigns(long[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] ^= Long.MIN_VALUE;
        }
    }

    /** How many ids are in the set. */
    public int size() {
        return ids.length;
    }

    /** Whether there is no id in the set. */
    public boolean isEmpty() {
        return ids.length == 0;
    }

    /**
     * The id at a position of the ascending order.
     *
     * @throws IndexOutOfBoundsException if the position isn't in [0, size)
     */
    public long get(int position) {
        return ids[position];
    }

    /** The position of an id in the ascending order, or -1 if it isn't in the set. Allocates nothing. */
    public int indexOf(long id) {
        // For the sizes met here going through is faster than halving.
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the id is in the set. Allocates nothing. */
    public boolean contains(long id) {
        return indexOf(id) >= 0;
    }

    /** This set and the id. */
    public IdSet with(long id) {
        if (contains(id)) {
            return this;
        }
        long[] more = Arrays.copyOf(ids, ids.length + 1);
        more[ids.length] = id;
        return ofSorted(more);
    }

    /** This set without the id. */
    public IdSet without(long id) {
        return contains(id)
                ? ofSorted(LongStream.of(ids).filter(other -> other != id).toArray())
                : this;
    }

    /** The ids that are in this set or in the other. */
    public IdSet union(IdSet other) {
        if (other.isEmpty()) {
            return this;
        }
        return isEmpty()
                ? other
                : of(LongStream.concat(stream(), other.stream()).toArray());
    }

    /** The ids in ascending unsigned order. */
    public LongStream stream() {
        return LongStream.of(ids);
    }

    /** The ids in ascending unsigned order, as an immutable list. */
    public List<Long> toList() {
        return stream().boxed().toList();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IdSet set && Arrays.equals(ids, set.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    /** The ids in hexadecimal, as all log lines show them: {@code (1 2 a)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < ids.length; i++) {
            if (i > 0) {
                text.append(' ');
            }
            text.append(Long.toHexString(ids[i]));
        }
        return text.append(')').toString();
    }
}
