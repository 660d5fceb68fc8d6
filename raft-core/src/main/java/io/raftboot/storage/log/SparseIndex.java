package io.raftboot.storage.log;

import java.util.Arrays;

/**
 * Where entries are in the segments, to within some batches: a point is a batch, and covers the entries from its first one
 * up to that of the next point. Points lie some distance apart, so that their number goes with the size of the log
 * and not with that of its entries: 10 GiB need 5 MiB.
 *
 * <p>Walking from a point through the batches behind it meets every entry that it covers once, in order, within one
 * segment. For that there is a point at the first batch of every segment, and one where a truncation took place.
 */
final class SparseIndex {
    /** How far apart points are at least; what a read of one entry has to walk at most, beside the entry's own batch. */
    static final int DISTANCE_BYTES = 64 * 1024;

    private static final int INITIAL_CAPACITY = 16;

    private long[] firstIndexes = new long[INITIAL_CAPACITY];
    private long[] segments = new long[INITIAL_CAPACITY];
    private long[] offsets = new long[INITIAL_CAPACITY];
    private long[] sizesBytes = new long[INITIAL_CAPACITY];
    private int count;
    private long totalBytes;
    private boolean cut;

    /** Adds a batch with entries from {@code firstIndex} on; what was there from that index on is forgotten. */
    void add(long firstIndex, BatchPlace place) {
        truncateFrom(firstIndex);
        int last = count - 1;
        boolean near = last >= 0
                && !cut
                && segments[last] == place.segment()
                && place.offset() - offsets[last] < DISTANCE_BYTES;
        if (!near) {
            grow();
            last = count++;
            firstIndexes[last] = firstIndex;
            segments[last] = place.segment();
            offsets[last] = place.offset();
            sizesBytes[last] = 0;
            cut = false;
        }
        sizesBytes[last] += place.lengthBytes();
        totalBytes += place.lengthBytes();
    }

    /** Says that entries from this index on, which the log has, are to be forgotten. */
    void cutFrom(long index) {
        truncateFrom(index);
        cut = true;
    }

    /** Drops points that cover nothing behind the index. */
    void compact(long index) {
        int keep = 0;
        while (keep + 1 < count && firstIndexes[keep + 1] <= index + 1) {
            totalBytes -= sizesBytes[keep];
            keep++;
        }
        if (keep > 0) {
            count -= keep;
            System.arraycopy(firstIndexes, keep, firstIndexes, 0, count);
            System.arraycopy(segments, keep, segments, 0, count);
            System.arraycopy(offsets, keep, offsets, 0, count);
            System.arraycopy(sizesBytes, keep, sizesBytes, 0, count);
        }
    }

    void clear() {
        count = 0;
        totalBytes = 0;
    }

    /** The point that covers an index, which must not lie before the first one. */
    int find(long index) {
        int found = Arrays.binarySearch(firstIndexes, 0, count, index);
        int point = found >= 0 ? found : -found - 2;
        if (point < 0) {
            throw new IllegalArgumentException("entry " + index + " lies before the first point");
        }
        return point;
    }

    long segment(int point) {
        return segments[point];
    }

    long offset(int point) {
        return offsets[point];
    }

    /** Size of the batches that a point covers. */
    long sizeBytes(int point) {
        return sizesBytes[point];
    }

    /** The index behind the last one that a point covers, as far as the index knows. */
    long endIndex(int point) {
        return point + 1 < count ? firstIndexes[point + 1] : Long.MAX_VALUE;
    }

    int count() {
        return count;
    }

    /** The number of segments that are still needed. */
    long segmentCount() {
        return count == 0 ? 0 : segments[count - 1] - segments[0] + 1;
    }

    /** The size of the batches that are still needed, to within one point. */
    long totalBytes() {
        return totalBytes;
    }

    /** The size of the batches behind an index, to within one point. */
    long bytesBehind(long index) {
        long bytes = 0;
        for (int point = count - 1; point >= 0 && firstIndexes[point] > index; point--) {
            bytes += sizesBytes[point];
        }
        return bytes;
    }

    private void truncateFrom(long index) {
        while (count > 0 && firstIndexes[count - 1] >= index) {
            count--;
            totalBytes -= sizesBytes[count];
        }
    }

    private void grow() {
        if (count == firstIndexes.length) {
            firstIndexes = Arrays.copyOf(firstIndexes, 2 * count);
            segments = Arrays.copyOf(segments, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            sizesBytes = Arrays.copyOf(sizesBytes, 2 * count);
        }
    }
}
