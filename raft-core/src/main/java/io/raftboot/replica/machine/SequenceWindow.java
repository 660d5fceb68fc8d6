package io.raftboot.replica.machine;

import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Values by sequence number, of a caller who counts his commands and forgets them from the lowest on. They follow one another, so they
 * lie in a ring that is as long as they lie apart, and cost nothing but themselves; what lies further apart than any caller's commands do
 * has a place elsewhere, so that nobody makes the ring long by leaping.
 *
 * @param <V> what is kept
 */
final class SequenceWindow<V> {
    private static final int FIRST_LENGTH = 8;

    /** More than the commands of a member that can be under way at once, by default. */
    static final int MAX_LENGTH = 1 << 16;

    /** A power of two long. The value of a sequence from {@link #lowest} on, less than the length away, has its place here. */
    private @Nullable Object[] ring = new Object[FIRST_LENGTH];

    private @Nullable TreeMap<Long, V> far;
    private long lowest;
    private int size;

    /** @param lowest nothing below is kept */
    SequenceWindow(long lowest) {
        this.lowest = lowest;
    }

    long lowest() {
        return lowest;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // nothing else is put there
    @Nullable
    V get(long sequence) {
        if (sequence < lowest) {
            return null;
        }
        if (sequence - lowest < ring.length) {
            var near = (V) ring[place(sequence)];
            if (near != null) {
                return near;
            }
        }
        return far == null ? null : far.get(sequence);
    }

    /** Keeps a value, in place of the one that there may be; one below the lowest sequence is not kept. */
    void put(long sequence, V value) {
        if (sequence < lowest) {
            return;
        }
        if (get(sequence) == null) {
            size++;
        }
        long distance = sequence - lowest;
        if (distance >= MAX_LENGTH || (far != null && far.containsKey(sequence))) {
            far = far == null ? new TreeMap<>() : far;
            far.put(sequence, value);
            return;
        }
        if (distance >= ring.length) {
            lengthen(distance);
        }
        ring[place(sequence)] = value;
    }

    private void lengthen(long distance) {
        var before = ring;
        ring = new Object[Integer.highestOneBit((int) distance) << 1];
        for (int i = 0; i < before.length; i++) {
            ring[place(lowest + i)] = before[(int) ((lowest + i) & (before.length - 1))];
        }
    }

    private int place(long sequence) {
        return (int) (sequence & (ring.length - 1));
    }

    /**
     * Forgets all below a sequence. However far that leaps, no more is done than there is room.
     *
     * @param forgotten told the sequence of each value, in no order
     */
    void forgetBelow(long sequence, LongConsumer forgotten) {
        if (sequence <= lowest) {
            return;
        }
        long end = sequence - lowest < ring.length ? sequence : lowest + ring.length;
        for (long next = lowest; next < end; next++) {
            int place = place(next);
            if (ring[place] != null) {
                ring[place] = null;
                size--;
                forgotten.accept(next);
            }
        }
        lowest = sequence;
        while (far != null && !far.isEmpty() && far.firstKey() < sequence) {
            forgotten.accept(far.pollFirstEntry().getKey());
            size--;
        }
        if (far != null && far.isEmpty()) {
            far = null;
        }
    }

    /** Calls for each value, ascending by sequence. */
    void forEach(ObjLongConsumer<V> action) {
        var rest = far == null ? new TreeMap<Long, V>() : new TreeMap<>(far);
        for (int i = 0; i < ring.length; i++) {
            var value = get(lowest + i);
            if (value != null) {
                action.accept(value, lowest + i);
                rest.remove(lowest + i);
            }
        }
        rest.forEach((sequence, value) -> action.accept(value, sequence));
    }
}
