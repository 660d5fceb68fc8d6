package io.raftboot.storage.log;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.proto.LogEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what goes into one batch, in the order in which the records take effect: the state before (at the beginning of a
 * segment), a snapshot installed, where the log was cut, entries without a gap, a snapshot taken, the hard state.
 */
final class BatchBuilder {
    private @Nullable Opening opening;
    private @Nullable Snapshot installed;
    private @Nullable LogPosition cut;

    /** A write's own list as long as only one write has entries, which saves copying it; changed only if it is a copy. */
    private List<Entry> entries = List.of();

    private boolean entriesAreCopied;
    private @Nullable Snapshot taken;
    private @Nullable HardState hardState;
    private int entriesSizeBytes;

    /** What a segment begins with, so that it needs no older one. */
    record Opening(LogPosition end, Snapshot marker, HardState hardState) {}

    void opening(Opening newOpening) {
        opening = newOpening;
    }

    /** The log restarts: what was gathered of it before does not matter any more. */
    void installed(Snapshot snapshot) {
        installed = snapshot;
        cut = null;
        dropEntries();
        taken = null;
    }

    /** Cuts the log behind a position; what was gathered behind it is dropped. */
    void cutBehind(LogPosition position) {
        int keep = entries.size();
        while (keep > 0 && entries.get(keep - 1).getIndex() > position.index()) {
            keep--;
            entriesSizeBytes -= EntriesRecord.sizeBytes(entries.get(keep));
        }
        entries = entries.subList(0, keep);
        entriesAreCopied = false;
        if (keep == 0) {
            cut = position;
        }
    }

    /** Adds entries, whose sizes ({@link EntriesRecord#sizeBytes(Entry)}) have a sum. Neither list nor entries may change any more. */
    void addAll(List<Entry> more, int sizeBytes) {
        if (entries.isEmpty()) {
            entries = more;
            entriesAreCopied = false;
        } else {
            if (!entriesAreCopied) {
                entries = new ArrayList<>(entries);
                entriesAreCopied = true;
            }
            entries.addAll(more);
        }
        entriesSizeBytes += sizeBytes;
    }

    void taken(Snapshot snapshot) {
        taken = snapshot;
    }

    void hardState(@Nullable HardState newHardState) {
        hardState = newHardState;
    }

    boolean isEmpty() {
        return installed == null && entries.isEmpty() && taken == null;
    }

    boolean hasEntries() {
        return !entries.isEmpty();
    }

    int entriesSizeBytes() {
        return entriesSizeBytes;
    }

    @Nullable
    Snapshot installed() {
        return installed;
    }

    @Nullable
    LogPosition cut() {
        return cut;
    }

    /** The newest snapshot in the batch, or null. */
    @Nullable
    Snapshot marker() {
        return taken != null ? taken : installed;
    }

    /** The entries, in a list that does not change any more. */
    List<Entry> takeEntries() {
        var result = entries;
        dropEntries();
        return result;
    }

    private void dropEntries() {
        entries = List.of();
        entriesAreCopied = false;
        entriesSizeBytes = 0;
    }

    void clear() {
        opening = null;
        installed = null;
        cut = null;
        dropEntries();
        taken = null;
        hardState = null;
    }

    /** The size of the payload. */
    int sizeBytes() {
        var size = new SizeSink();
        for (var record : EntriesRecord.of(entries, entriesSizeBytes)) {
            size.add(record.sizeBytes());
        }
        try {
            writeOthersBeforeEntries(size);
            writeOthersAfterEntries(size);
        } catch (IOException e) {
            throw new IllegalStateException("a sum can't fail", e);
        }
        return size.total;
    }

    /**
     * Writes the records into a buffer that has room for them.
     *
     * @throws IllegalArgumentException if the entries leave a gap or their terms fall
     */
    void writeTo(ByteBuffer out) throws IOException {
        RecordSink sink = (type, message) -> write(out, type, message);
        writeOthersBeforeEntries(sink);
        for (var record : EntriesRecord.of(entries, entriesSizeBytes)) {
            record.writeTo(out);
        }
        writeOthersAfterEntries(sink);
    }

    private static void write(ByteBuffer out, byte type, MessageLite message) throws IOException {
        var coded = CodedOutputStream.newInstance(out);
        coded.write(type);
        coded.writeUInt32NoTag(message.getSerializedSize());
        message.writeTo(coded);
        coded.flush();
    }

    private void writeOthersBeforeEntries(RecordSink sink) throws IOException {
        if (opening != null) {
            sink.write(RecordType.LOG_END, logEnd(opening.end()));
            if (opening.marker().hasMetadata()) {
                sink.write(RecordType.SNAPSHOT_TAKEN, opening.marker());
            }
            sink.write(RecordType.HARD_STATE, opening.hardState());
        }
        if (installed != null) {
            sink.write(RecordType.SNAPSHOT_INSTALLED, installed);
        }
        if (cut != null) {
            sink.write(RecordType.LOG_END, logEnd(cut));
        }
    }

    private void writeOthersAfterEntries(RecordSink sink) throws IOException {
        if (taken != null) {
            sink.write(RecordType.SNAPSHOT_TAKEN, taken);
        }
        if (hardState != null) {
            sink.write(RecordType.HARD_STATE, hardState);
        }
    }

    private static LogEnd logEnd(LogPosition position) {
        return LogEnd.newBuilder()
                .setIndex(position.index())
                .setTerm(position.term())
                .build();
    }

    /** Size of a record with its type and length, whose body has this size. */
    static int recordSizeBytes(int bodySizeBytes) {
        return 1 + CodedOutputStream.computeUInt32SizeNoTag(bodySizeBytes) + bodySizeBytes;
    }

    private interface RecordSink {
        void write(byte type, MessageLite message) throws IOException;
    }

    private static final class SizeSink implements RecordSink {
        private int total;

        @Override
        public void write(byte type, MessageLite message) {
            add(recordSizeBytes(message.getSerializedSize()));
        }

        void add(int sizeBytes) {
            total = Math.addExact(total, sizeBytes);
        }
    }
}
