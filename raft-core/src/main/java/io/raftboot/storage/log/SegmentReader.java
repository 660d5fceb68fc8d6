package io.raftboot.storage.log;

import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads entries back from the segments. Has files of its own, a few of which stay open: followers that are behind read in
 * order, each at its own place.
 */
public final class SegmentReader {
    private static final int MAX_OPEN_SEGMENTS = 8;

    private final Disk disk;
    private final Path directory;
    private final BatchReader batches = new BatchReader();
    private final Map<Long, Segment> open = new LinkedHashMap<>(MAX_OPEN_SEGMENTS, 0.75f, true);

    public SegmentReader(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /**
     * To be called before reads, of which all has to be complete now: the log's thread may have written to a segment since the
     * reads before.
     */
    void forget() {
        batches.forget();
    }

    /**
     * Reads the entries in {@code [low, high)}, all of which are in one segment at or behind an offset, until the result is
     * full.
     *
     * @throws CorruptionException if the batches there are not what they were
     */
    void read(long segmentNumber, long offset, long low, long high, LogReader.LimitedEntries result)
            throws IOException {
        var segment = segment(segmentNumber);
        long next = low;
        for (long at = offset; next < high && !result.isFull(); ) {
            var batch = batches.at(segment, at);
            if (batch == null) {
                throw new CorruptionException(segment.path(), at, "damaged: entry " + next + " can't be read back");
            }
            next = read(segment, batch, next, high, result);
            at += batch.place().lengthBytes();
        }
    }

    /** Returns the index behind the last entry that was read. */
    private static long read(
            Segment segment, BatchReader.Batch batch, long low, long high, LogReader.LimitedEntries result)
            throws IOException {
        var records = new RecordCursor(batch.payload());
        long next = low;
        while (next < high && !result.isFull() && records.next()) {
            if (records.type() != RecordType.ENTRIES) {
                continue;
            }
            var entries = records.entries();
            if (entries.firstIndex() > next) {
                throw new CorruptionException(
                        segment.path(),
                        batch.place().offset(),
                        "entry " + entries.firstIndex() + " in place of " + next);
            }
            for (boolean there = entries.moveTo(next); there && next < high && !result.isFull(); next++) {
                result.add(entries.entry());
                there = entries.next();
            }
        }
        return next;
    }

    void close() {
        for (var segment : open.values()) {
            close(segment);
        }
        open.clear();
    }

    private Segment segment(long number) throws IOException {
        var segment = open.get(number);
        if (segment == null) {
            segment = Segment.open(disk, directory, number);
            open.put(number, segment);
            if (open.size() > MAX_OPEN_SEGMENTS) {
                var eldest = open.entrySet().iterator();
                close(eldest.next().getValue());
                eldest.remove();
            }
        }
        return segment;
    }

    private static void close(Segment segment) {
        try {
            segment.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
