package io.raftboot.storage;

import com.google.protobuf.CodedInputStream;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.proto.LogEnd;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Goes through the records of one batch. What is read is a copy: the buffer may be used again afterwards. */
final class RecordCursor {
    private static final int ENTRY_TYPE_TAG = 1 << 3;
    private static final int ENTRY_TERM_TAG = 2 << 3;
    private static final int ENTRY_INDEX_TAG = 3 << 3;

    private final CodedInputStream in;
    private int outerLimit = -1;
    private byte type;

    RecordCursor(ByteBuffer payload) {
        this.in = CodedInputStream.newInstance(payload);
    }

    /** Moves to the next record, over what was not read of this one. */
    boolean next() throws IOException {
        if (outerLimit >= 0) {
            in.skipRawBytes(in.getBytesUntilLimit());
            in.popLimit(outerLimit);
        }
        if (in.isAtEnd()) {
            return false;
        }
        type = in.readRawByte();
        outerLimit = in.pushLimit(in.readRawVarint32());
        return true;
    }

    byte type() {
        return type;
    }

    Entry entry() throws IOException {
        return Entry.parseFrom(in);
    }

    HardState hardState() throws IOException {
        return HardState.parseFrom(in);
    }

    Snapshot snapshot() throws IOException {
        return Snapshot.parseFrom(in);
    }

    LogPosition logEnd() throws IOException {
        var end = LogEnd.parseFrom(in);
        return new LogPosition(end.getIndex(), end.getTerm());
    }

    /** An entry without its data, which recovery has no use for and the heap no room. */
    EntryHead entryHead() throws IOException {
        long term = 0;
        long index = 0;
        int entryType = EntryType.ENTRY_NORMAL_VALUE;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case ENTRY_TYPE_TAG -> entryType = in.readEnum();
                case ENTRY_TERM_TAG -> term = in.readUInt64();
                case ENTRY_INDEX_TAG -> index = in.readUInt64();
                default -> in.skipField(tag);
            }
        }
        return new EntryHead(index, term, entryType != EntryType.ENTRY_NORMAL_VALUE);
    }

    record EntryHead(long index, long term, boolean changesConfiguration) {}
}
