package io.raftboot.storage.log;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.ForcedSlots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the log. Owned by one thread, that of the log stage; only {@link #sizeBytes} may be called by others.
 *
 * <p>The first write or force that fails ends it: what is on disk is not known then, and trying again could acknowledge
 * what the device has dropped. Every later call throws too; only opening the directory again tells what is there.
 */
public final class LogWriter {
    /** Segments grow up to the configured size, so that the log of a small cluster, or of a test, stays small. */
    private static final long INITIAL_SEGMENT_SIZE_BYTES = 4 * 1024 * 1024;

    private static final int SEGMENT_GROWTH = 4;

    /** A segment takes at most this part of the free space. */
    private static final int LEAVE_FRACTION = 8;

    /** The next segment is prepared when this part of the current one is used. */
    private static final int PREPARE_AT_FRACTION = 4;

    private final Disk disk;
    private final Path directory;
    private final StorageOptions options;
    private final Consumer<Snapshot> onMarker;
    private final SegmentPreparer preparer;
    private final ForcedSlots slots;
    private final BatchBuilder builder = new BatchBuilder();
    private final BatchEncoder encoder = new BatchEncoder();

    private final TermRuns terms;
    private final SegmentList segments;
    private @Nullable Segment current;
    private long currentSizeBytes;
    private long endOffset;
    private long sequence;
    private int checksum;

    /** What the batches written so far say. */
    private HardState persisted;

    private Snapshot marker;
    private LogPosition persistedEnd;

    /** The newest hard state, which differs from the persisted one by its commit index at most. */
    private HardState pending;

    private @Nullable Throwable failure;
    private boolean closed;
    private volatile long sizeBytes;

    private LogWriter(LogDirectory target, Consumer<Snapshot> onMarker, RecoveredLog log, ForcedSlots slots) {
        this.disk = target.disk();
        this.directory = target.path();
        this.options = target.options();
        this.onMarker = onMarker;
        this.preparer = new SegmentPreparer(target);
        this.slots = slots;
        this.terms = log.terms.copy();
        this.segments = log.segments;
        this.endOffset = log.endOffset;
        this.sequence = log.sequence;
        this.checksum = log.checksum;
        this.persisted = log.hardState;
        this.pending = log.hardState;
        this.marker = log.marker;
        this.persistedEnd = terms.last();
    }

    /** Writes a new log that says what is given, and makes it durable, but for the directory's own name. */
    public static void create(LogDirectory target, RecoveredLog initial) throws IOException {
        var slots = ForcedSlots.create(target.disk(), target.path());
        var writer = new LogWriter(target, snapshot -> {}, initial, slots);
        try {
            writer.flush(initial.hardState, new ArrayList<>());
            target.disk().forceDirectory(target.path());
        } finally {
            writer.close();
        }
    }

    /** Goes on behind what was recovered and repaired. */
    public static LogWriter open(LogDirectory target, Consumer<Snapshot> onMarker, RecoveredLog log)
            throws IOException {
        var disk = target.disk();
        var directory = target.path();
        var slots = ForcedSlots.open(disk, directory);
        Segment segment = null;
        try {
            var writer = new LogWriter(target, onMarker, log, slots);
            segment = Segment.open(disk, directory, log.segments.current());
            writer.current = segment;
            writer.currentSizeBytes = segment.file().size();
            if (log.preparedSegment != 0) {
                writer.preparer.prepared(Segment.open(disk, directory, log.preparedSegment));
            }
            writer.updateSize();
            return writer;
        } catch (IOException | RuntimeException | Error e) {
            slots.close();
            if (segment != null) {
                segment.close();
            }
            throw e;
        }
    }

    /**
     * Makes everything in the writes durable, with one write and one force as long as it fits into
     * {@link StorageOptions#maxBatchSizeBytes}; beyond that one of each for every so many bytes, after each of which the log
     * is a valid one. Nothing is written, and nothing forced, if no more than the commit index has changed: that goes with
     * the next batch.
     *
     * @return what is now durable, for {@link LogReader#advance}
     * @throws IllegalArgumentException if entries leave a gap, their terms fall, one has 256 MiB or more, or a snapshot does
     *     not fit the log; nothing is written of the batch that it would be in, and the writer is unusable
     * @throws IOException if a write or force has failed, now or earlier; what of the writes is durable is unknown
     */
    public LogUpdate append(List<LogWrite> writes) throws IOException {
        checkUsable();
        try {
            preparer.check();
            var batches = new ArrayList<LogUpdate.Batch>(1);
            for (var write : writes) {
                add(write, batches);
            }
            if (!builder.isEmpty() || voteChanged()) {
                flush(pending, batches);
            }
            return new LogUpdate(batches, pending);
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Deletes the segments that hold no entry behind the index. The reader must have been told by
     * {@link LogReader#compact} before.
     *
     * @param index at most that of the newest snapshot that was installed or taken
     * @throws IOException as of {@link #append}
     */
    public void release(long index) throws IOException {
        checkUsable();
        if (index > marker.getMetadata().getIndex()) {
            throw new IllegalArgumentException("entry " + index + " is needed: the newest snapshot is at "
                    + marker.getMetadata().getIndex());
        }
        try {
            boolean deleted = false;
            while (segments.firstEndsAt(index)) {
                disk.delete(directory.resolve(Segment.name(segments.first())));
                segments.removeFirst();
                deleted = true;
            }
            if (deleted) {
                disk.forceDirectory(directory);
                updateSize();
            }
            terms.compact(index);
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    /** What the segments take on disk, those written in advance not counted. Any thread. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Writes the commit index if it is newer than the last batch, and closes the files. Does not throw after a failure. */
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (failure == null) {
                if (!pending.equals(persisted)) {
                    flush(pending, new ArrayList<>());
                }
                slots.force();
            }
        } finally {
            preparer.close();
            slots.close();
            if (current != null) {
                current.close();
            }
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw new IOException("the log can't be written to since an earlier failure", failure);
        }
        if (closed) {
            throw new IOException("the log is closed");
        }
    }

    private boolean voteChanged() {
        return pending.getTerm() != persisted.getTerm() || pending.getVote() != persisted.getVote();
    }

    private void add(LogWrite write, List<LogUpdate.Batch> batches) throws IOException {
        long committedBefore = pending.getCommit();
        if (write.hardState() != null) {
            pending = write.hardState();
        }
        if (write.installed() != null) {
            var metadata = write.installed().getMetadata();
            terms.reset(new LogPosition(metadata.getIndex(), metadata.getTerm()));
            builder.installed(write.installed());
        }
        if (!write.entries().isEmpty()) {
            addEntries(write.entries(), committedBefore, batches);
        }
        if (write.taken() != null) {
            addTaken(write.taken());
        }
    }

    private void addTaken(Snapshot snapshot) {
        var metadata = snapshot.getMetadata();
        var newest = builder.marker() == null ? marker : builder.marker();
        if (metadata.getIndex() < newest.getMetadata().getIndex()) {
            // While it was made, a newer one was installed: this one is of no use any more, and is no fault either.
            return;
        }
        if (terms.term(metadata.getIndex()) != metadata.getTerm()) {
            throw new IllegalArgumentException("the log has term " + terms.term(metadata.getIndex()) + " at "
                    + metadata.getIndex() + ", not that of the snapshot");
        }
        builder.taken(snapshot);
    }

    private void addEntries(List<Entry> entries, long committedBefore, List<LogUpdate.Batch> batches)
            throws IOException {
        long first = entries.get(0).getIndex();
        if (first <= terms.lastIndex()) {
            var end = new LogPosition(first - 1, terms.term(first - 1));
            terms.truncateFrom(first);
            builder.cutBehind(end);
        }
        int from = 0;
        int sizeBytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            int entrySizeBytes = EntriesRecord.sizeBytes(entry);
            if (!fits((long) sizeBytes + entrySizeBytes) && (i > from || builder.hasEntries())) {
                gather(entries.subList(from, i), sizeBytes);
                // Without the rest of its entries, the write's commit index may lie beyond the log.
                flush(pending.toBuilder().setCommit(committedBefore).build(), batches);
                from = i;
                sizeBytes = 0;
            }
            sizeBytes += entrySizeBytes;
        }
        gather(from == 0 ? entries : entries.subList(from, entries.size()), sizeBytes);
    }

    /** Looks at the ends of each term only; what is between them is refused when it is encoded. */
    private void gather(List<Entry> entries, int sizeBytes) {
        terms.append(entries);
        builder.addAll(entries, sizeBytes);
    }

    private boolean fits(long moreEntriesSizeBytes) {
        return builder.entriesSizeBytes() + moreEntriesSizeBytes <= options.maxBatchSizeBytes();
    }

    private void flush(HardState hardState, List<LogUpdate.Batch> batches) throws IOException {
        builder.hardState(hardState.equals(persisted) ? null : hardState);
        int payloadSize = builder.sizeBytes();
        var segment = current;
        if (segment == null || endOffset + BatchFormat.padded(payloadSize) > currentSizeBytes) {
            segment = roll();
            payloadSize = builder.sizeBytes();
        }
        var bytes = encoder.encode(builder, payloadSize, segment.salt(), sequence + 1, checksum);
        int length = bytes.remaining();
        segment.file().write(bytes, endOffset);
        segment.file().force();
        sequence++;
        checksum = encoder.checksum();
        slots.write(new ForcedSlots.Note(sequence, segment.number(), endOffset + length, checksum));
        flushed(hardState, new BatchPlace(segment.number(), endOffset, length), batches);
    }

    private void flushed(HardState hardState, BatchPlace place, List<LogUpdate.Batch> batches) throws IOException {
        persisted = hardState;
        persistedEnd = terms.last();
        endOffset = place.offset() + place.lengthBytes();
        if (endOffset > currentSizeBytes) {
            // A batch that is larger than a segment makes its own one longer.
            currentSizeBytes = endOffset;
            segments.resize(endOffset);
            updateSize();
        }
        if (builder.installed() != null) {
            segments.cutBehind(0);
        } else if (builder.cut() != null) {
            segments.cutBehind(builder.cut().index());
        }
        if (builder.hasEntries()) {
            segments.extendTo(persistedEnd.index());
        }
        var newMarker = builder.marker();
        if (newMarker != null) {
            marker = newMarker;
            onMarker.accept(newMarker);
        }
        batches.add(new LogUpdate.Batch(place, builder.installed(), builder.takeEntries()));
        builder.clear();
        if (endOffset >= currentSizeBytes / PREPARE_AT_FRACTION && !preparer.hasBegun()) {
            preparer.prepare(segments.current() + 1, nextSizeBytes());
        }
    }

    /** Goes on to the next segment. The batch that is being gathered begins it, with the state before. */
    private Segment roll() throws IOException {
        var previous = current;
        long number = previous == null ? 1 : previous.number() + 1;
        var next = preparer.take(number, nextSizeBytes(), leastSegmentSizeBytes());
        current = next;
        if (previous != null) {
            previous.close();
        }
        currentSizeBytes = next.file().size();
        endOffset = Segment.HEADER_SIZE;
        segments.add(number, currentSizeBytes);
        updateSize();
        builder.opening(new BatchBuilder.Opening(persistedEnd, marker, persisted));
        return next;
    }

    private long nextSizeBytes() throws IOException {
        if (current == null) {
            return leastSegmentSizeBytes();
        }
        long size = Math.min(SEGMENT_GROWTH * currentSizeBytes, options.segmentSizeBytes());
        // A small disk must not be filled by room that the log has no use for yet.
        return Math.max(
                leastSegmentSizeBytes(), Math.min(size, disk.space(directory).usableBytes() / LEAVE_FRACTION));
    }

    /** Any thread. */
    public long leastSegmentSizeBytes() {
        return Math.min(INITIAL_SEGMENT_SIZE_BYTES, options.segmentSizeBytes());
    }

    private void updateSize() {
        sizeBytes = segments.totalBytes();
    }
}
