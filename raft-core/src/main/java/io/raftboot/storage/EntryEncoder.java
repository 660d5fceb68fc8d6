package io.raftboot.storage;

import com.google.protobuf.CodedOutputStream;
import io.raftboot.raft.proto.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes the record of an entry, byte for byte as the generated class would. A batch of small entries is mostly this, and
 * through the generated class and a stream it takes several times as long.
 */
final class EntryEncoder {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final byte TYPE_TAG = (byte) ((Entry.TYPE_FIELD_NUMBER << 3) | VARINT);
    private static final byte TERM_TAG = (byte) ((Entry.TERM_FIELD_NUMBER << 3) | VARINT);
    private static final byte INDEX_TAG = (byte) ((Entry.INDEX_FIELD_NUMBER << 3) | VARINT);
    private static final byte DATA_TAG = (byte) ((Entry.DATA_FIELD_NUMBER << 3) | LENGTH_DELIMITED);

    private EntryEncoder() {}

    /** Of the record: type, length and message. */
    static int sizeBytes(Entry entry) {
        return BatchBuilder.recordSizeBytes(entry.getSerializedSize());
    }

    /** The buffer is little-endian. */
    static void write(ByteBuffer out, Entry entry) throws IOException {
        out.put(RecordType.ENTRY);
        writeVarint(out, entry.getSerializedSize());
        if (entry.getUnknownFields().getSerializedSize() > 0) {
            var coded = CodedOutputStream.newInstance(out);
            entry.writeTo(coded);
            coded.flush();
            return;
        }
        // A field that is there is written, whatever its value: that is how the core's bytes are defined.
        if (entry.hasType()) {
            writeField(out, TYPE_TAG, entry.getType().getNumber());
        }
        if (entry.hasTerm()) {
            writeField(out, TERM_TAG, entry.getTerm());
        }
        if (entry.hasIndex()) {
            writeField(out, INDEX_TAG, entry.getIndex());
        }
        if (entry.hasData()) {
            var data = entry.getData();
            writeField(out, DATA_TAG, data.size());
            data.copyTo(out);
        }
    }

    private static void writeField(ByteBuffer out, byte tag, long value) {
        if ((value & ~0x7FL) == 0) {
            out.putShort((short) (tag | (value << 8)));
        } else {
            out.put(tag);
            writeVarint(out, value);
        }
    }

    private static void writeVarint(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            if ((rest & ~0x3FFFL) == 0) {
                // Two bytes, the usual length of an entry, at once.
                out.putShort((short) ((rest & 0x7F) | 0x80 | ((rest >>> 7) << 8)));
                return;
            }
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }
}
