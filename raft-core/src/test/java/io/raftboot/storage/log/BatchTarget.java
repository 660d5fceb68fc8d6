package io.raftboot.storage.log;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.raft.proto.Entry;
import io.raftboot.storage.disk.BytesDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A batch of the log: its head, and each record in it. */
public final class BatchTarget implements FuzzTarget {
    /** An entry takes four bytes at least. */
    private static final int OBJECTS_TO_BYTES = 160;

    private static final int FIXED_BYTES = 32 * 1024;

    private final BatchReader reader = new BatchReader();

    /** What records hold: a list of entries, a message, a position; a word for the type that is not known. */
    private record Records(List<Object> all) {}

    @Override
    public String name() {
        return "batch";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        return LogImages.batches();
    }

    @Override
    public @Nullable Object decode(byte[] input) throws Exception {
        reader.forget();
        var batch = reader.at(new Segment(1, LogImages.SALT, Path.of("segment"), BytesDisk.file(input)), 0);
        return batch == null ? null : new Records(records(batch.payload()));
    }

    private static List<Object> records(ByteBuffer payload) throws InvalidProtocolBufferException {
        var records = new RecordCursor(payload);
        var all = new ArrayList<Object>();
        while (records.next()) {
            all.add(
                    switch (records.type()) {
                        case RecordType.ENTRIES -> entries(records.entries());
                        case RecordType.HARD_STATE -> records.hardState();
                        case RecordType.SNAPSHOT_TAKEN, RecordType.SNAPSHOT_INSTALLED -> records.snapshot();
                        case RecordType.LOG_END -> records.logEnd();
                        default -> "unknown";
                    });
        }
        return all;
    }

    private static List<Entry> entries(EntriesCursor cursor) throws InvalidProtocolBufferException {
        var entries = new ArrayList<Entry>();
        while (cursor.next()) {
            var unused = cursor.changesConfiguration();
            entries.add(cursor.entry());
        }
        return entries;
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof InvalidProtocolBufferException;
    }

    @Override
    @SuppressWarnings("unchecked") // Lists are of entries.
    public void check(Object decoded) throws Exception {
        for (Object record : ((Records) decoded).all()) {
            if (record instanceof MessageLite message) {
                compare(message, message.getParserForType().parseFrom(message.toByteArray()));
            } else if (record instanceof List<?> entries && !entries.isEmpty()) {
                compare(entries, again((List<Entry>) entries));
            }
        }
    }

    private static List<Entry> again(List<Entry> entries) throws IOException {
        var record = new EntriesRecord(entries, LogImages.size(entries));
        var out = ByteBuffer.allocate(record.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
        record.writeTo(out);
        var records = new RecordCursor(out.flip());
        if (!records.next()) {
            throw new IllegalStateException("there is no record");
        }
        return entries(records.entries());
    }

    private static void compare(Object written, Object read) {
        if (!written.equals(read)) {
            throw new IllegalStateException(written + " comes back as " + read);
        }
    }

    @Override
    public String describe(Object decoded) {
        var all = ((Records) decoded).all();
        var text = new StringBuilder();
        all.stream().limit(6).forEach(record -> text.append(record.getClass().getSimpleName())
                .append(record instanceof List<?> entries ? Math.min(entries.size(), 5) : "")
                .append(' '));
        return text.toString();
    }

    @Override
    public byte[] repair(byte[] input) {
        return LogImages.repaired(input);
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
