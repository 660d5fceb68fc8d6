package io.raftboot.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.proto.LogEnd;
import java.nio.ByteBuffer;

/**
 * Goes through the records of one batch. What is read is a copy: the buffer may be used again afterwards. Entries are taken
 * apart here, and not by the generated class, whose stream first copies all that it is given: a whole batch, for each
 * entry that is wanted of it.
 */
final class RecordCursor {
    private static final int TYPE_TAG = Entry.TYPE_FIELD_NUMBER << 3;
    private static final int TERM_TAG = Entry.TERM_FIELD_NUMBER << 3;
    private static final int INDEX_TAG = Entry.INDEX_FIELD_NUMBER << 3;
    private static final int DATA_TAG = (Entry.DATA_FIELD_NUMBER << 3) | 2;

    /** More bits than this many groups of seven has no number. */
    private static final int MAX_VARINT_BYTES = 10;

    private final ByteBuffer in;
    private int recordEnd;
    private byte type;

    RecordCursor(ByteBuffer payload) {
        this.in = payload.duplicate();
        this.recordEnd = in.position();
    }

    /** Moves to the next record, over what was not read of this one. */
    boolean next() throws InvalidProtocolBufferException {
        in.position(recordEnd);
        if (!in.hasRemaining()) {
            return false;
        }
        type = in.get();
        recordEnd = end(readVarint(in.limit()), in.limit());
        return true;
    }

    byte type() {
        return type;
    }

    Entry entry() throws InvalidProtocolBufferException {
        int start = in.position();
        var entry = Entry.newBuilder();
        while (in.position() < recordEnd) {
            switch ((int) readVarint(recordEnd)) {
                case TYPE_TAG -> {
                    var entryType = EntryType.forNumber((int) readVarint(recordEnd));
                    if (entryType == null) {
                        return generated(start);
                    }
                    entry.setType(entryType);
                }
                case TERM_TAG -> entry.setTerm(readVarint(recordEnd));
                case INDEX_TAG -> entry.setIndex(readVarint(recordEnd));
                case DATA_TAG -> {
                    int length = skipData();
                    entry.setData(ByteString.copyFrom(in.slice(in.position() - length, length)));
                }
                default -> {
                    return generated(start);
                }
            }
        }
        return entry.build();
    }

    /** An entry without its data, which recovery has no use for and the heap no room. */
    EntryHead entryHead() throws InvalidProtocolBufferException {
        int start = in.position();
        long term = 0;
        long index = 0;
        long entryType = EntryType.ENTRY_NORMAL_VALUE;
        while (in.position() < recordEnd) {
            switch ((int) readVarint(recordEnd)) {
                case TYPE_TAG -> entryType = readVarint(recordEnd);
                case TERM_TAG -> term = readVarint(recordEnd);
                case INDEX_TAG -> index = readVarint(recordEnd);
                case DATA_TAG -> skipData();
                default -> {
                    var entry = generated(start);
                    return new EntryHead(entry.getIndex(), entry.getTerm(), entry.getType() != EntryType.ENTRY_NORMAL);
                }
            }
        }
        return new EntryHead(index, term, entryType != EntryType.ENTRY_NORMAL_VALUE);
    }

    HardState hardState() throws InvalidProtocolBufferException {
        return HardState.parseFrom(rest(in.position()));
    }

    Snapshot snapshot() throws InvalidProtocolBufferException {
        return Snapshot.parseFrom(rest(in.position()));
    }

    LogPosition logEnd() throws InvalidProtocolBufferException {
        var end = LogEnd.parseFrom(rest(in.position()));
        return new LogPosition(end.getIndex(), end.getTerm());
    }

    /** What has fields that are not known here. */
    private Entry generated(int start) throws InvalidProtocolBufferException {
        return Entry.parseFrom(rest(start));
    }

    private ByteBuffer rest(int start) {
        return in.slice(start, recordEnd - start);
    }

    private int skipData() throws InvalidProtocolBufferException {
        int length = end(readVarint(recordEnd), recordEnd) - in.position();
        in.position(in.position() + length);
        return length;
    }

    private int end(long length, int limit) throws InvalidProtocolBufferException {
        if (length < 0 || length > limit - in.position()) {
            throw malformed();
        }
        return in.position() + (int) length;
    }

    private long readVarint(int limit) throws InvalidProtocolBufferException {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES && in.position() < limit; i++) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    private static InvalidProtocolBufferException malformed() {
        return new InvalidProtocolBufferException("a record or a field of it is longer than there are bytes");
    }

    record EntryHead(long index, long term, boolean changesConfiguration) {}
}
