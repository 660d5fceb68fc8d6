package io.raftboot.storage.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the entries of one {@link EntriesRecord}, by their heads alone: what is not asked for is neither parsed nor
 * copied. Entries that are read are copies; the cursor itself reads from the buffer it was given.
 */
final class EntriesCursor {
    private final ByteBuffer body;
    private final long term;
    private final long firstIndex;
    private long index;

    /** Of the current entry, as {@link EntriesRecord} has it. */
    private int kind;

    /** Null if the current entry has none, or if its bytes are the whole message. */
    private @Nullable EntryType type;

    private int start;
    private int end = EntriesRecord.BODY_HEAD_SIZE;

    /**
     * Stands before the first entry.
     *
     * @throws InvalidProtocolBufferException if there is none
     */
    EntriesCursor(ByteBuffer body) throws InvalidProtocolBufferException {
        if (body.remaining() <= EntriesRecord.BODY_HEAD_SIZE) {
            throw new InvalidProtocolBufferException("a record of entries has none");
        }
        this.body = body.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.term = this.body.getLong(0);
        this.firstIndex = this.body.getLong(Long.BYTES);
        this.index = firstIndex - 1;
    }

    /** Term of all entries. */
    long term() {
        return term;
    }

    long firstIndex() {
        return firstIndex;
    }

    /** Index of the current entry. */
    long index() {
        return index;
    }

    /** Moves to the next entry. */
    boolean next() throws InvalidProtocolBufferException {
        if (end == body.limit()) {
            return false;
        }
        if (body.limit() - end < EntriesRecord.ENTRY_HEAD_SIZE) {
            throw malformed("is cut");
        }
        int head = body.getInt(end);
        int length = head >>> EntriesRecord.KIND_BITS;
        start = end + EntriesRecord.ENTRY_HEAD_SIZE;
        if (length > body.limit() - start) {
            throw malformed("is longer than its record");
        }
        kind = head & EntriesRecord.KIND_MASK;
        type = EntryType.forNumber(kind);
        if (type == null && kind != EntriesRecord.WHOLE && kind != EntriesRecord.UNTYPED) {
            throw malformed("is of the unknown kind " + kind);
        }
        end = start + length;
        index++;
        return true;
    }

    /** Moves to the entry with this index, which lies behind the current one; false if the record ends before it. */
    boolean moveTo(long wantedIndex) throws InvalidProtocolBufferException {
        while (index < wantedIndex) {
            if (!next()) {
                return false;
            }
        }
        return true;
    }

    /** Whether the current entry is a change of the configuration. */
    boolean changesConfiguration() throws InvalidProtocolBufferException {
        if (kind == EntriesRecord.WHOLE) {
            return whole().getType() != EntryType.ENTRY_NORMAL;
        }
        return type != null && type != EntryType.ENTRY_NORMAL;
    }

    /** The current entry, equal to the one that was written. */
    Entry entry() throws InvalidProtocolBufferException {
        if (kind == EntriesRecord.WHOLE) {
            return whole();
        }
        var entry = Entry.newBuilder().setTerm(term).setIndex(index).setData(ByteString.copyFrom(bytes()));
        if (type != null) {
            entry.setType(type);
        }
        return entry.build();
    }

    private Entry whole() throws InvalidProtocolBufferException {
        var entry = Entry.parseFrom(bytes());
        if (entry.getIndex() != index || entry.getTerm() != term) {
            throw new InvalidProtocolBufferException("entry " + entry.getIndex() + " of term " + entry.getTerm()
                    + " is where " + index + " of term " + term + " should be");
        }
        return entry;
    }

    private ByteBuffer bytes() {
        return body.slice(start, end - start);
    }

    private InvalidProtocolBufferException malformed(String what) {
        return new InvalidProtocolBufferException("entry " + (index + 1) + " " + what);
    }
}
