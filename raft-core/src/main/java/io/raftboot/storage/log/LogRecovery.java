package io.raftboot.storage.log;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.ForcedSlots;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log from disk. {@link #scan} only reads, and refuses what is damaged; {@link #repair} then makes the end fit to
 * be written to.
 *
 * <p>What may be cut is the last batch that was begun and never acknowledged: nothing whole lies behind it, in its
 * segment or a later one, and the noted end of what was forced does not include it. Everything else that is not as it was
 * written is corruption.
 */
public final class LogRecovery {
    private static final Logger log = LoggerFactory.getLogger(LogRecovery.class);

    private final Disk disk;
    private final Path directory;
    private final ForcedSlots.Note forced;
    private final BatchReader reader = new BatchReader();
    private final RecoveredLog recovered = new RecoveredLog();

    private boolean opened;
    private Path lastPath;
    private @Nullable BatchPlace lastBatch;

    /** Segments behind the last one with a batch. */
    private final List<Long> emptySegments = new ArrayList<>();

    /** Segments of a release whose deletion was not durable. */
    private List<Long> released = List.of();

    private LogRecovery(Disk disk, Path directory, ForcedSlots.Note forced) {
        this.disk = disk;
        this.directory = directory;
        this.forced = forced;
        this.lastPath = directory;
    }

    /**
     * Reads all of the recovered. Nothing on disk changes.
     *
     * @throws CorruptionException naming file and offset
     */
    public static LogRecovery scan(Disk disk, Path directory) throws IOException {
        var numbers = new ArrayList<Long>();
        for (var name : disk.list(directory)) {
            if (Segment.isSegment(name)) {
                numbers.add(Segment.number(name));
            }
        }
        if (numbers.isEmpty()) {
            throw new CorruptionException(directory, 0, "there is no log, though the directory belongs to a member");
        }
        var recovery = new LogRecovery(disk, directory, ForcedSlots.read(disk, directory));
        int start = numbers.size() - 1;
        while (start > 0 && numbers.get(start - 1) == numbers.get(start) - 1) {
            start--;
        }
        // A gap is what a release leaves behind when power fails before its deletions are durable. That nothing behind
        // the gap is missing is checked by the marker: the log may begin no later than it.
        recovery.released = numbers.subList(0, start);
        for (long number : numbers.subList(start, numbers.size())) {
            try (var segment = Segment.open(disk, directory, number)) {
                recovery.scan(segment);
            }
        }
        recovery.checkWhole();
        return recovery;
    }

    public RecoveredLog log() {
        return recovered;
    }

    private void scan(Segment segment) throws IOException {
        reader.forget();
        long offset = Segment.HEADER_SIZE;
        for (var batch = reader.at(segment, offset); batch != null; batch = reader.at(segment, offset)) {
            checkFollows(segment, batch);
            if (offset == Segment.HEADER_SIZE) {
                recovered.segments.add(segment.number(), segment.file().size());
            }
            apply(segment, batch);
            offset += batch.place().lengthBytes();
            recovered.endOffset = offset;
        }
        var tail = reader.tail(segment, offset);
        var later = tail.batch();
        if (later != null) {
            throw new CorruptionException(
                    segment.path(),
                    offset,
                    "damaged: batch " + (recovered.sequence + 1) + " should be here, and batch " + later.sequence()
                            + " is whole at offset " + later.place().offset());
        }
        if (offset == Segment.HEADER_SIZE) {
            emptySegments.add(segment.number());
        } else {
            lastPath = segment.path();
        }
    }

    private void checkFollows(Segment segment, BatchReader.Batch batch) throws CorruptionException {
        if (recovered.sequence == 0) {
            return;
        }
        boolean inOrder = batch.sequence() == recovered.sequence + 1 && batch.previousChecksum() == recovered.checksum;
        if (!inOrder || !emptySegments.isEmpty()) {
            boolean inSegment = segment.path().equals(lastPath);
            throw new CorruptionException(
                    lastPath,
                    inSegment ? batch.place().offset() : recovered.endOffset,
                    "damaged: batch " + (recovered.sequence + 1) + " should follow, and " + segment.path()
                            + " has batch " + batch.sequence() + " at offset "
                            + batch.place().offset());
        }
    }

    private void apply(Segment segment, BatchReader.Batch batch) throws IOException {
        if (batch.sequence() == forced.sequence() && batch.checksum() != forced.batchChecksum()) {
            throw new CorruptionException(
                    segment.path(),
                    batch.place().offset(),
                    "batch " + batch.sequence() + " is not the one that was noted as forced");
        }
        try {
            applyRecords(batch);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw (CorruptionException) new CorruptionException(
                            segment.path(),
                            batch.place().offset(),
                            "batch " + batch.sequence() + " is whole but makes no sense: " + e.getMessage())
                    .initCause(e);
        }
        recovered.sequence = batch.sequence();
        recovered.checksum = batch.checksum();
        lastBatch = batch.place();
        lastPath = segment.path();
    }

    private void applyRecords(BatchReader.Batch batch) throws IOException {
        var records = new RecordCursor(batch.payload());
        boolean indexed = false;
        while (records.next()) {
            if (!opened && records.type() != RecordType.LOG_END) {
                throw new IllegalArgumentException("the first segment does not say where the log begins");
            }
            switch (records.type()) {
                case RecordType.ENTRIES -> {
                    var entries = records.entries();
                    applyEntries(entries);
                    if (!indexed) {
                        recovered.index.add(entries.firstIndex(), batch.place());
                        indexed = true;
                    }
                }
                case RecordType.HARD_STATE -> recovered.hardState = records.hardState();
                case RecordType.SNAPSHOT_TAKEN -> recovered.marker = records.snapshot();
                case RecordType.SNAPSHOT_INSTALLED -> applyInstalled(records.snapshot());
                case RecordType.LOG_END -> applyLogEnd(records.logEnd());
                default -> throw new IllegalArgumentException("record of the unknown type " + records.type());
            }
        }
    }

    private void applyEntries(EntriesCursor entries) throws InvalidProtocolBufferException {
        while (entries.next()) {
            if (entries.changesConfiguration()) {
                recovered.configurationChangeIndex = entries.index();
            }
        }
        recovered.terms.append(entries.firstIndex(), entries.index(), entries.term());
        recovered.segments.extendTo(entries.index());
    }

    private void applyInstalled(Snapshot snapshot) {
        recovered.marker = snapshot;
        var metadata = snapshot.getMetadata();
        restart(new LogPosition(metadata.getIndex(), metadata.getTerm()));
    }

    private void applyLogEnd(LogPosition end) {
        if (!opened || end.index() < recovered.terms.base().index()) {
            opened = true;
            restart(end);
            return;
        }
        if (recovered.terms.term(end.index()) != end.term()) {
            throw new IllegalArgumentException(
                    "the log ends at " + end + " but has term " + recovered.terms.term(end.index()) + " there");
        }
        if (end.index() < recovered.terms.lastIndex()) {
            recovered.terms.truncateFrom(end.index() + 1);
            recovered.index.cutFrom(end.index() + 1);
            recovered.segments.cutBehind(end.index());
        }
    }

    private void restart(LogPosition base) {
        recovered.terms.reset(base);
        recovered.index.clear();
        recovered.segments.cutBehind(0);
    }

    private void checkWhole() throws CorruptionException {
        if (recovered.sequence < forced.sequence()) {
            throw new CorruptionException(
                    lastPath,
                    Math.max(recovered.endOffset, Segment.HEADER_SIZE),
                    "damaged: batch " + forced.sequence() + " was forced, and the last whole one is "
                            + recovered.sequence);
        }
        if (recovered.sequence == 0) {
            throw new CorruptionException(lastPath, Segment.HEADER_SIZE, "there is no whole batch");
        }
        long markerIndex = recovered.marker.getMetadata().getIndex();
        if (markerIndex < recovered.terms.base().index() || markerIndex > recovered.terms.lastIndex()) {
            throw new CorruptionException(
                    lastPath,
                    recovered.endOffset,
                    "the log has the entries from " + (recovered.terms.base().index() + 1) + " to "
                            + recovered.terms.lastIndex() + ", which does not fit the snapshot at " + markerIndex);
        }
        if (recovered.hardState.getCommit() > recovered.terms.lastIndex()) {
            throw new CorruptionException(
                    lastPath,
                    recovered.endOffset,
                    "entry " + recovered.hardState.getCommit() + " was committed, and the last one is "
                            + recovered.terms.lastIndex());
        }
        // The commit index alone is not forced, so it may be older than a snapshot that was made from what it covers.
        if (recovered.hardState.getCommit() < markerIndex) {
            recovered.hardState =
                    recovered.hardState.toBuilder().setCommit(markerIndex).build();
        }
    }

    /** Where something was begun behind the last batch that {@link #repair} would cut; 0 if all there is zeros. Only reads. */
    public long findUnfinished() throws IOException {
        try (var segment = Segment.open(disk, directory, recovered.segments.current())) {
            reader.forget();
            return reader.tail(segment, recovered.endOffset).zeros() ? 0 : recovered.endOffset;
        }
    }

    /**
     * Zeroes what is behind the last batch, so that a later torn one is never followed by remains of this one, and makes
     * durable what was found: it may have been in the page cache only, of a process that died before its force.
     */
    public void repair() throws IOException {
        for (var name : disk.list(directory)) {
            if (Segment.isUnfinished(name)) {
                disk.delete(directory.resolve(name));
            }
        }
        for (long number : released) {
            disk.delete(directory.resolve(Segment.name(number)));
        }
        try (var segment = Segment.open(disk, directory, recovered.segments.current())) {
            zero(segment, recovered.endOffset);
            if (recovered.sequence > forced.sequence()) {
                rewriteLastBatch(segment);
            }
            segment.file().force();
        }
        for (long number : emptySegments) {
            if (number == recovered.segments.current() + 1) {
                try (var segment = Segment.open(disk, directory, number)) {
                    zero(segment, Segment.HEADER_SIZE);
                    segment.file().force();
                }
                recovered.preparedSegment = number;
            } else {
                disk.delete(directory.resolve(Segment.name(number)));
            }
        }
        disk.forceDirectory(directory);
        try (var slots = ForcedSlots.open(disk, directory)) {
            slots.writeBoth(new ForcedSlots.Note(
                    recovered.sequence, recovered.segments.current(), recovered.endOffset, recovered.checksum));
        }
    }

    private void zero(Segment segment, long offset) throws IOException {
        reader.forget();
        if (!reader.tail(segment, offset).zeros()) {
            long size = segment.file().size();
            log.info(
                    "Cut {} from offset {} on: a batch was begun there and never acknowledged", segment.path(), offset);
            segment.file().writeZeros(offset, size - offset);
        }
    }

    /**
     * After a force that failed, the operating system may hold pages that it takes for written and that are not. Writing
     * them again is what makes the next force write them.
     */
    private void rewriteLastBatch(Segment segment) throws IOException {
        var place = lastBatch;
        if (place == null) {
            return;
        }
        var bytes = ByteBuffer.allocateDirect(place.lengthBytes());
        segment.file().read(bytes, place.offset());
        segment.file().write(bytes.flip(), place.offset());
    }
}
