package io.raftboot.storage.log;

import io.raftboot.raft.CompactedException;
import io.raftboot.raft.InitialState;
import io.raftboot.raft.SnapshotTemporarilyUnavailableException;
import io.raftboot.raft.Storage;
import io.raftboot.raft.UnavailableException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log as the core reads it. Owned by the thread that drives the core, and without locks: what the log's thread makes
 * durable arrives by {@link #advance}.
 *
 * <p>In memory are the newest entries up to a number of bytes, the terms by runs, and about 32 bytes for each 64 KiB
 * of log; older entries are read back from the segments, their checksum verified. A read that fails, or finds damage, throws
 * {@link UncheckedIOException}: the member must stop.
 */
public final class LogReader implements Storage {
    private final TermRuns terms;
    private final SparseIndex index;
    private final EntryCache cache;
    private final SegmentReader segments;
    private HardState hardState;
    private Snapshot marker;
    private @Nullable Snapshot sendable;

    /** A snapshot that is given in place of the newest one, because its receiver has a part of it already. */
    private @Nullable Snapshot resumed;

    private boolean snapshotWanted;
    private long resets;

    /**
     * Where consecutive entries are in the segments.
     *
     * @param low the first of them
     * @param high the index behind the last
     * @param pieces pieces in order
     */
    record Span(long low, long high, List<Piece> pieces) {}

    /** Entries up to an index, in batches from an offset on. */
    record Piece(long segment, long offset, long endIndex) {}

    public LogReader(Disk disk, Path directory, long cacheSizeBytes, RecoveredLog log) {
        this.terms = log.terms.copy();
        this.index = log.index;
        this.cache = new EntryCache(cacheSizeBytes);
        this.segments = new SegmentReader(disk, directory);
        this.hardState = log.hardState;
        this.marker = log.marker;
        this.sendable = canBeSent(log.marker) ? log.marker : null;
    }

    /** The newest hard state, and the configuration as of {@link #marker}. */
    @Override
    public InitialState initialState() {
        return new InitialState(hardState, marker.getMetadata().getConfState());
    }

    @Override
    public List<Entry> entries(long low, long high, long maxSizeBytes) throws CompactedException, UnavailableException {
        if (low < firstIndex()) {
            throw new CompactedException();
        }
        if (high > lastIndex() + 1) {
            throw new UnavailableException();
        }
        var result = new LimitedEntries(maxSizeBytes, 0);
        long next = low;
        long cached = Math.min(high, cache.firstIndex());
        segments.forget();
        while (next < cached && !result.isFull()) {
            int point = index.find(next);
            long end = Math.min(cached, index.endIndex(point));
            try {
                segments.read(index.segment(point), index.offset(point), next, end, result);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            next = end;
        }
        for (; next < high && !result.isFull(); next++) {
            result.add(cache.get(next));
        }
        return result.toList();
    }

    @Override
    public long term(long entryIndex) throws CompactedException, UnavailableException {
        if (entryIndex < terms.base().index()) {
            throw new CompactedException();
        }
        if (entryIndex > terms.lastIndex()) {
            throw new UnavailableException();
        }
        return terms.term(entryIndex);
    }

    @Override
    public long firstIndex() {
        return terms.base().index() + 1;
    }

    @Override
    public long lastIndex() {
        return terms.lastIndex();
    }

    /**
     * The snapshot to send: the one that is to be {@linkplain #resume resumed}, or else the newest one that has a file for
     * others; in either case one that the log goes on behind without a gap.
     *
     * @throws SnapshotTemporarilyUnavailableException if there is none; {@link #snapshotWanted} says so then
     */
    @Override
    public Snapshot snapshot() throws SnapshotTemporarilyUnavailableException {
        if (resumed != null && goesOnBehind(resumed)) {
            return resumed;
        }
        if (sendable == null || !goesOnBehind(sendable)) {
            snapshotWanted = true;
            throw new SnapshotTemporarilyUnavailableException();
        }
        return sendable;
    }

    /** One that the log does not go on behind is of no use: its receiver would need another one at once. */
    private boolean goesOnBehind(Snapshot snapshot) {
        return snapshot.getMetadata().getIndex() >= terms.base().index();
    }

    /**
     * Has {@link #snapshot} give this one although there are newer ones, as long as the log goes on behind it.
     *
     * @param snapshot null to have the newest one given again
     */
    public void resume(@Nullable Snapshot snapshot) {
        resumed = snapshot;
    }

    /** The index of the newest snapshot that has a file for others; 0 if there is none. */
    public long sendableIndex() {
        return sendable == null ? 0 : sendable.getMetadata().getIndex();
    }

    /** Whether {@link #snapshot} had none to give since this was asked last. */
    public boolean snapshotWanted() {
        boolean wanted = snapshotWanted;
        snapshotWanted = false;
        return wanted;
    }

    /** The newest snapshot that the log names, with or without a file: what a start begins with. Index 0 if there is none. */
    public Snapshot marker() {
        return marker;
    }

    /** Makes readable what an append has made durable; to be called before the responses of that append are stepped. */
    public void advance(LogUpdate update) {
        for (var batch : update.batches()) {
            advance(batch);
        }
        hardState = update.hardState();
    }

    private void advance(LogUpdate.Batch batch) {
        if (batch.installed() != null) {
            var metadata = batch.installed().getMetadata();
            resets++;
            terms.reset(new LogPosition(metadata.getIndex(), metadata.getTerm()));
            index.clear();
            cache.clear();
            segments.close();
            marker = batch.installed();
            if (canBeSent(marker)) {
                sendable = marker;
            }
        }
        if (batch.entries().isEmpty()) {
            return;
        }
        long first = batch.entries().get(0).getIndex();
        if (first <= terms.lastIndex()) {
            terms.truncateFrom(first);
            index.cutFrom(first);
        }
        terms.append(batch.entries());
        index.add(first, batch.place());
        cache.append(batch.entries());
    }

    /**
     * Says that a snapshot made here is durable, its marker in the log included. One without a file (empty data) is only
     * where a start begins.
     */
    public void snapshotTaken(Snapshot snapshot) {
        if (snapshot.getMetadata().getIndex() >= marker.getMetadata().getIndex()) {
            marker = snapshot;
        }
        boolean newer = sendable == null
                || snapshot.getMetadata().getIndex() >= sendable.getMetadata().getIndex();
        if (canBeSent(snapshot) && newer) {
            sendable = snapshot;
        }
    }

    /**
     * Forgets the entries up to the index. Only then may {@link LogWriter#release} delete what holds them.
     *
     * @param compactIndex at most that of {@link #marker}; nothing happens if it is gone already
     */
    public void compact(long compactIndex) {
        if (compactIndex > marker.getMetadata().getIndex()) {
            throw new IllegalArgumentException("entry " + compactIndex + " is needed: the newest snapshot is at "
                    + marker.getMetadata().getIndex());
        }
        if (compactIndex <= terms.base().index()) {
            return;
        }
        terms.compact(compactIndex);
        index.compact(compactIndex);
        cache.compact(compactIndex);
        segments.close();
    }

    /**
     * Raises the commit index, for a member whose state machine is durable further than the log says. Before a core is
     * built on this only; does nothing if it is higher already.
     */
    public void raiseCommit(long commitIndex) {
        if (commitIndex > lastIndex()) {
            throw new IllegalArgumentException(
                    "entry " + commitIndex + " can't be committed: the last one is " + lastIndex());
        }
        if (commitIndex > hardState.getCommit()) {
            hardState = hardState.toBuilder().setCommit(commitIndex).build();
        }
    }

    /** About how much log there is behind {@link #firstIndex}, in bytes on disk. */
    public long sizeBytes() {
        return index.totalBytes();
    }

    /** How many files that is in. */
    public long segmentCount() {
        return index.segmentCount();
    }

    /**
     * The newest entries that are in memory, in their order, for somebody who only looks: nothing is asked of the disk, so none of its
     * failures come out of this.
     *
     * @param maxSizeBytes of all together; the newest may have more by itself
     * @return without a gap up to the last entry of the log; empty if that is not in memory
     */
    public List<Entry> newestInMemory(int maxCount, long maxSizeBytes) {
        var newest = new LimitedEntries(maxSizeBytes, 0);
        long oldest = Math.max(cache.firstIndex(), terms.lastIndex() + 1 - maxCount);
        for (long next = terms.lastIndex(); next >= oldest && !newest.isFull(); next--) {
            newest.add(cache.get(next));
        }
        var inOrder = new ArrayList<>(newest.toList());
        Collections.reverse(inOrder);
        return inOrder;
    }

    /** The first index from which on entries are in memory; the greatest number there is if none is. */
    long cachedFrom() {
        return cache.firstIndex();
    }

    /** How often the log has begun anew behind a snapshot. */
    long resets() {
        return resets;
    }

    /**
     * Where entries are that are not in memory.
     *
     * @param low one of them
     * @param sizeBytes how many of them, by what they take on disk, to within one point of the index
     */
    Span span(long low, long sizeBytes) {
        long end = Math.min(cache.firstIndex(), terms.lastIndex() + 1);
        var pieces = new ArrayList<Piece>();
        long next = low;
        long size = 0;
        for (int point = index.find(low); next < end && size < sizeBytes; point++) {
            long pieceEnd = Math.min(end, index.endIndex(point));
            pieces.add(new Piece(index.segment(point), index.offset(point), pieceEnd));
            size += index.sizeBytes(point);
            next = pieceEnd;
        }
        return new Span(low, next, pieces);
    }

    /** About how much log there is behind an index, in bytes on disk. */
    public long sizeBytesBehind(long entryIndex) {
        return index.bytesBehind(entryIndex);
    }

    /** Size of the cache and its entries, in the heap. */
    long cachedBytes() {
        return cache.sizeBytes();
    }

    public void close() {
        segments.close();
    }

    private static boolean canBeSent(Snapshot snapshot) {
        try {
            return !snapshot.getData().isEmpty() && !SnapshotStore.isLocal(snapshot);
        } catch (IOException e) {
            throw new UncheckedIOException("this is not a snapshot of this storage", e);
        }
    }

    /** Collects as many entries as the limit allows, and one at least. */
    static final class LimitedEntries {
        private final long limitBytes;
        private final int overheadBytes;
        private final List<Entry> entries = new ArrayList<>();
        private long sizeBytes;
        private boolean full;

        /** @param overheadBytes that each entry counts beside its own */
        LimitedEntries(long limitBytes, int overheadBytes) {
            this.limitBytes = limitBytes;
            this.overheadBytes = overheadBytes;
        }

        void add(Entry entry) {
            sizeBytes += entry.getSerializedSize() + overheadBytes;
            if (!entries.isEmpty() && Long.compareUnsigned(sizeBytes, limitBytes) > 0) {
                full = true;
            } else {
                entries.add(entry);
            }
        }

        boolean isFull() {
            return full;
        }

        List<Entry> toList() {
            return Collections.unmodifiableList(entries);
        }
    }
}
