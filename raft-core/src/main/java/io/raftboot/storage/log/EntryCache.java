package io.raftboot.storage.log;

import io.raftboot.raft.proto.Entry;
import java.util.List;

/** The newest entries of the log, as many as fit into a number of bytes. A ring, so that both ends cost nothing. */
final class EntryCache {
    /** What an entry takes in the heap beside its bytes: the message, its byte string and that one's array. */
    static final int OVERHEAD_BYTES = 96;

    private static final int INITIAL_CAPACITY = 256;

    private final long limitBytes;
    private Entry[] ring = new Entry[INITIAL_CAPACITY];
    private int head;
    private int count;
    private long firstIndex;
    private long sizeBytes;

    EntryCache(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Appends entries without a gap; what is cached from the first one's index on is replaced. */
    void append(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        long first = entries.get(0).getIndex();
        truncateFrom(first);
        if (count == 0) {
            firstIndex = first;
        }
        for (var entry : entries) {
            add(entry);
        }
        while (sizeBytes > limitBytes) {
            dropFirst();
        }
    }

    void truncateFrom(long index) {
        while (count > 0 && firstIndex + count > index) {
            count--;
            int slot = slot(count);
            sizeBytes -= cost(ring[slot]);
            clear(slot);
        }
    }

    /** Drops what is at the index and before it. */
    void compact(long index) {
        while (count > 0 && firstIndex <= index) {
            dropFirst();
        }
    }

    void clear() {
        truncateFrom(firstIndex);
    }

    /** The first index that is cached; the greatest number there is if none is. */
    long firstIndex() {
        return count == 0 ? Long.MAX_VALUE : firstIndex;
    }

    Entry get(long index) {
        return ring[slot((int) (index - firstIndex))];
    }

    long sizeBytes() {
        return sizeBytes;
    }

    private void add(Entry entry) {
        if (count == ring.length) {
            var larger = new Entry[2 * ring.length];
            for (int i = 0; i < count; i++) {
                larger[i] = ring[slot(i)];
            }
            ring = larger;
            head = 0;
        }
        ring[slot(count)] = entry;
        count++;
        sizeBytes += cost(entry);
    }

    private void dropFirst() {
        sizeBytes -= cost(ring[head]);
        clear(head);
        head = slot(1);
        count--;
        firstIndex++;
    }

    @SuppressWarnings("NullAway") // A free slot of the ring holds nothing, and is not read.
    private void clear(int slot) {
        ring[slot] = null;
    }

    /** The capacity is a power of two. */
    private int slot(int position) {
        return (head + position) & (ring.length - 1);
    }

    private static long cost(Entry entry) {
        return (long) entry.getSerializedSize() + OVERHEAD_BYTES;
    }
}
