package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The end of the log that the {@link Storage} does not vouch for yet: entries, and a snapshot received from the leader.
 * They stay here while they are being written, so that the log can be read without a gap, and go when the write is
 * reported complete (etcd-raft {@code unstable}).
 *
 * <p>The entry at position i of the list has index {@code offset + i}. The offset may lie before the end of the storage:
 * then the next write replaces the storage's end. Entries before {@code offsetInProgress} have been handed out to be
 * written already; {@code offset <= offsetInProgress <= offset + size}.
 */
final class Unstable {
    /** Answer where the term of an index is not known here. No term has this value: terms count up from 0. */
    static final long UNKNOWN_TERM = -1;

    /** Answer where there is no such index; neither a snapshot nor an entry here ever has index 0. */
    static final long NO_INDEX = 0;

    private static final Entry[] EMPTY = {};
    private static final int MIN_CAPACITY = 16;

    private final Logger logger;
    private @Nullable Snapshot snapshot;
    private boolean snapshotInProgress;

    /** Places before {@code start + size} are never written again, so that slices of it can be handed out. */
    private Entry[] array = EMPTY;

    private int start;
    private int size;
    private long offset;
    private long offsetInProgress;

    Unstable(long offset, Logger logger) {
        this.offset = offset;
        this.offsetInProgress = offset;
        this.logger = logger;
    }

    long offset() {
        return offset;
    }

    long offsetInProgress() {
        return offsetInProgress;
    }

    int size() {
        return size;
    }

    /** The snapshot, whether or not it is being written. */
    @Nullable
    Snapshot snapshot() {
        return snapshot;
    }

    /** The index of the first entry of the whole log, if a snapshot decides that; else {@link #NO_INDEX}. */
    long firstIndex() {
        return snapshot == null ? NO_INDEX : snapshot.getMetadata().getIndex() + 1;
    }

    /** The index of the last entry of the whole log, if it is known here; else {@link #NO_INDEX}. */
    long lastIndex() {
        if (size > 0) {
            return offset + size - 1;
        }
        return snapshot == null ? NO_INDEX : snapshot.getMetadata().getIndex();
    }

    /** The term of the entry, or of the snapshot, at that index; {@link #UNKNOWN_TERM} if there is neither. */
    long term(long index) {
        if (index < offset) {
            if (snapshot != null && snapshot.getMetadata().getIndex() == index) {
                return snapshot.getMetadata().getTerm();
            }
            return UNKNOWN_TERM;
        }
        return index < offset + size ? array[start + (int) (index - offset)].getTerm() : UNKNOWN_TERM;
    }

    /** The entries that are not being written yet. */
    List<Entry> nextEntries() {
        int inProgress = (int) (offsetInProgress - offset);
        return inProgress == size ? List.of() : new EntrySlice(array, start + inProgress, size - inProgress);
    }

    boolean hasNextEntries() {
        return offsetInProgress < offset + size;
    }

    /** The snapshot, unless it is being written already. */
    @Nullable
    Snapshot nextSnapshot() {
        return snapshotInProgress ? null : snapshot;
    }

    /** All that is here now is being written from now on. */
    void acceptInProgress() {
        if (size > 0) {
            offsetInProgress = offset + size;
        }
        if (snapshot != null) {
            snapshotInProgress = true;
        }
    }

    /**
     * The entries up to this one have been written. Only for callers who know that no write under way will replace them.
     * An entry that is no longer here, or is another one, is left alone: it has been replaced since the write began.
     */
    void stableTo(long index, long term) {
        long known = term(index);
        if (known == UNKNOWN_TERM) {
            logger.info("entry at index {} missing from unstable log; ignoring", index);
            return;
        }
        if (index < offset) {
            logger.info("entry at index {} matched unstable snapshot; ignoring", index);
            return;
        }
        if (known != term) {
            logger.info(
                    "entry at (index,term)=({},{}) mismatched with entry at ({},{}) in unstable log; ignoring",
                    index,
                    term,
                    index,
                    known);
            return;
        }
        int written = (int) (index + 1 - offset);
        start += written;
        size -= written;
        offset = index + 1;
        offsetInProgress = Math.max(offsetInProgress, offset);
        if (size == 0) {
            // Clearing the places would change slices that others still hold, so the array itself has to go.
            array = EMPTY;
            start = 0;
        }
    }

    /** The snapshot of that index has been written. */
    void stableSnapshotTo(long index) {
        if (snapshot != null && snapshot.getMetadata().getIndex() == index) {
            snapshot = null;
            snapshotInProgress = false;
        }
    }

    /** A snapshot takes the place of the whole log. */
    void restore(Snapshot newSnapshot) {
        replaceAll(newSnapshot.getMetadata().getIndex() + 1, List.of());
        snapshot = newSnapshot;
        snapshotInProgress = false;
    }

    /** Appends entries, after removing all those from the first one's index on. */
    void truncateAndAppend(List<Entry> entries) {
        long fromIndex = entries.get(0).getIndex();
        if (fromIndex == offset + size) {
            append(entries);
        } else if (fromIndex <= offset) {
            logger.info("replace the unstable entries from index {}", fromIndex);
            replaceAll(fromIndex, entries);
        } else {
            logger.info("truncate the unstable entries before index {}", fromIndex);
            checkRange(offset, fromIndex);
            truncate((int) (fromIndex - offset), entries.size());
            append(entries);
            // What was handed out from here on has been replaced, so it has to be handed out again.
            offsetInProgress = Math.min(offsetInProgress, fromIndex);
        }
    }

    /** The entries in [low, high), all of which must be here; a view that stays as it is. */
    List<Entry> slice(long low, long high) {
        checkRange(low, high);
        return new EntrySlice(array, start + (int) (low - offset), (int) (high - low));
    }

    private void append(List<Entry> entries) {
        int added = entries.size();
        if (start + size + added > array.length) {
            grow(Math.max(MIN_CAPACITY, Math.max(size + added, 2 * size)));
        }
        int end = start + size;
        for (int i = 0; i < added; i++) {
            array[end + i] = entries.get(i);
        }
        size += added;
    }

    private void truncate(int newSize, int added) {
        size = newSize;
        grow(newSize + added);
    }

    /** Moves the entries to a new array; the old one stays as it is, because slices of it may be in other hands. */
    private void grow(int capacity) {
        Entry[] larger = new Entry[capacity];
        System.arraycopy(array, start, larger, 0, size);
        array = larger;
        start = 0;
    }

    private void replaceAll(long newOffset, List<Entry> entries) {
        array = entries.toArray(EMPTY);
        start = 0;
        size = entries.size();
        offset = newOffset;
        offsetInProgress = newOffset;
    }

    private void checkRange(long low, long high) {
        if (low > high) {
            throw Invariants.broken(logger, "invalid unstable.slice " + low + " > " + high);
        }
        if (low < offset || high > offset + size) {
            throw Invariants.broken(
                    logger,
                    "unstable.slice[" + low + "," + high + ") out of bound [" + offset + "," + (offset + size) + "]");
        }
    }
}
