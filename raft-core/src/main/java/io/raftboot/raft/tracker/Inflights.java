package io.raftboot.raft.tracker;

import java.util.Arrays;

/**
 * The window of append messages that are sent and not yet answered: for each the index of its last entry and the size
 * of its entries. Limited in number and in bytes. Indexes are unsigned and added in ascending order, so that an answer
 * frees a prefix. After etcd's {@code Inflights}; the ring here is as large as what is in it, not as the number of
 * messages sent since it was last empty.
 */
public final class Inflights {
    private static final int INITIAL_CAPACITY = 4;

    private final int maxMessages;
    private final long maxBytes;

    /** A ring; the length of both arrays is the same power of two, or 0 before the first message. */
    private long[] indexes = new long[0];

    private long[] sizes = new long[0];
    private int start;
    private int count;
    private long bytes;

    /**
     * An empty window.
     *
     * @param maxMessages how many messages fill it
     * @param maxBytes how many bytes, unsigned, fill it; 0 for no limit
     */
    public Inflights(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** A window of its own with the same content and limits. */
    public Inflights copy() {
        Inflights copy = new Inflights(maxMessages, maxBytes);
        copy.indexes = indexes.clone();
        copy.sizes = sizes.clone();
        copy.start = start;
        copy.count = count;
        copy.bytes = bytes;
        return copy;
    }

    /** An empty window with the same limits. */
    public Inflights emptied() {
        return new Inflights(maxMessages, maxBytes);
    }

    /**
     * Notes that a message was sent.
     *
     * @param index index of its last entry
     * @param messageBytes the size of its entries
     * @throws IllegalStateException if the window is full; nothing is noted
     */
    public void add(long index, long messageBytes) {
        if (isFull()) {
            throw new IllegalStateException("cannot add into a Full inflights");
        }
        if (count == indexes.length) {
            grow();
        }
        int position = (start + count) & (indexes.length - 1);
        indexes[position] = index;
        sizes[position] = messageBytes;
        count++;
        bytes += messageBytes;
    }

    /** Twice the capacity, with the oldest message at the beginning. */
    private void grow() {
        int capacity = indexes.length;
        long[] newIndexes = Arrays.copyOf(indexes, Math.max(INITIAL_CAPACITY, capacity * 2));
        long[] newSizes = Arrays.copyOf(sizes, newIndexes.length);
        for (int i = 0; i < count; i++) {
            int position = (start + i) & (capacity - 1);
            newIndexes[i] = indexes[position];
            newSizes[i] = sizes[position];
        }
        indexes = newIndexes;
        sizes = newSizes;
        start = 0;
    }

    /** Removes the messages whose last entry is at the index or below it. */
    public void freeUpTo(long index) {
        while (count > 0 && Long.compareUnsigned(indexes[start], index) <= 0) {
            bytes -= sizes[start];
            start = (start + 1) & (indexes.length - 1);
            count--;
        }
    }

    /** Whether one of the limits is reached. The last message may exceed that in bytes. */
    public boolean isFull() {
        return count == maxMessages || (maxBytes != 0 && Long.compareUnsigned(bytes, maxBytes) >= 0);
    }

    /** How many messages are in flight. */
    public int count() {
        return count;
    }

    void reset() {
        start = 0;
        count = 0;
        bytes = 0;
    }
}
