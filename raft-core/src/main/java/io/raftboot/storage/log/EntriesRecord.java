package io.raftboot.storage.log;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.raft.proto.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A record of entries, of one term and without a gap: so each needs no more than a head of four bytes beside its data. A
 * batch of small entries is mostly this, and as messages they take several times as long.
 *
 * <p>The body, little-endian: term (8 bytes), index of the first entry (8), then for each entry a head (4), which is the
 * length of what follows, shifted, and its kind in the lowest bits. A kind is the number of a type of entry, or
 * {@link #UNTYPED}, and what follows is the data; or {@link #WHOLE}, and what follows is all of the message.
 * {@link EntriesCursor} reads it.
 *
 * @param entries one at least; what the record may not hold is found when it is written
 * @param entriesSizeBytes the sum of their {@link #sizeBytes(Entry)}
 */
record EntriesRecord(List<Entry> entries, int entriesSizeBytes) {
    /** Term and index of the first entry. */
    static final int BODY_HEAD_SIZE = 16;

    static final int ENTRY_HEAD_SIZE = 4;
    static final int KIND_BITS = 3;
    static final int KIND_MASK = (1 << KIND_BITS) - 1;

    /** The kind of an entry that says no type, as every command's does: the core leaves it out, as etcd's does. */
    static final int UNTYPED = 6;

    /** The kind of an entry of which the short form would lose something. */
    static final int WHOLE = 7;

    /** So heads are positive. Commands are limited to far less. */
    static final int MAX_LENGTH = (1 << 28) - 1;

    /**
     * Of an entry with its head.
     *
     * @throws IllegalArgumentException if no head can say its length
     */
    static int sizeBytes(Entry entry) {
        int length = isShort(entry) ? entry.getData().size() : entry.getSerializedSize();
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("entry " + entry.getIndex() + " has " + length
                    + " bytes, and the log can't hold one of more than " + MAX_LENGTH);
        }
        return ENTRY_HEAD_SIZE + length;
    }

    /** The records for entries without a gap, one for each term. */
    static List<EntriesRecord> of(List<Entry> entries, int entriesSizeBytes) {
        int count = entries.size();
        if (count == 0) {
            return List.of();
        }
        int from = 0;
        int to = termEnd(entries, 0);
        if (to == count) {
            return List.of(new EntriesRecord(entries, entriesSizeBytes));
        }
        var records = new ArrayList<EntriesRecord>();
        for (; from < count; from = to) {
            to = termEnd(entries, from);
            int sizeBytes = 0;
            for (int i = from; i < to; i++) {
                sizeBytes += sizeBytes(entries.get(i));
            }
            records.add(new EntriesRecord(entries.subList(from, to), sizeBytes));
        }
        return records;
    }

    /**
     * Where the entries end, in the list, that have the term of the one at {@code from}. Terms never fall along a log, so mostly the
     * last one tells; should they fall, {@link #writeTo} refuses what this takes for one term.
     */
    static int termEnd(List<Entry> entries, int from) {
        int count = entries.size();
        long term = entries.get(from).getTerm();
        if (entries.get(count - 1).getTerm() == term) {
            return count;
        }
        int end = from + 1;
        while (entries.get(end).getTerm() == term) {
            end++;
        }
        return end;
    }

    /** Size of the record: type, length and body. */
    int sizeBytes() {
        return BatchBuilder.recordSizeBytes(bodySizeBytes());
    }

    private int bodySizeBytes() {
        return Math.addExact(BODY_HEAD_SIZE, entriesSizeBytes);
    }

    /**
     * Writes the record into a little-endian buffer that has room for it.
     *
     * @throws IllegalArgumentException if the entries leave a gap or are not of one term
     */
    void writeTo(ByteBuffer out) throws IOException {
        long term = entries.get(0).getTerm();
        long first = entries.get(0).getIndex();
        out.put(RecordType.ENTRIES);
        writeVarint(out, bodySizeBytes());
        int end = out.position() + bodySizeBytes();
        out.putLong(term);
        out.putLong(first);
        for (int i = 0, count = entries.size(); i < count; i++) {
            var entry = entries.get(i);
            if (entry.getIndex() != first + i || entry.getTerm() != term) {
                throw new IllegalArgumentException("entry " + entry.getIndex() + " of term " + entry.getTerm()
                        + " is where " + (first + i) + " of term " + term + " should be");
            }
            if (isShort(entry)) {
                var data = entry.getData();
                int kind = entry.hasType() ? entry.getType().getNumber() : UNTYPED;
                out.putInt((data.size() << KIND_BITS) | kind);
                data.copyTo(out);
            } else {
                writeWhole(out, entry);
            }
        }
        if (out.position() != end) {
            throw new IllegalStateException("the record ends at " + out.position() + ", and should at " + end);
        }
    }

    /**
     * Whether type, data and place say all of it. Fields that are absent must stay so: the core's messages are compared.
     */
    @SuppressWarnings(
            "ReferenceEquality") // The comparison that costs nothing; where it errs, the whole message is right too.
    private static boolean isShort(Entry entry) {
        return entry.hasTerm()
                && entry.hasIndex()
                && entry.hasData()
                && entry.getUnknownFields() == UnknownFieldSet.getDefaultInstance();
    }

    private static void writeWhole(ByteBuffer out, Entry entry) throws IOException {
        out.putInt((entry.getSerializedSize() << KIND_BITS) | WHOLE);
        var coded = CodedOutputStream.newInstance(out);
        entry.writeTo(coded);
        coded.flush();
    }

    private static void writeVarint(ByteBuffer out, int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }
}
