package io.raftboot.storage.log;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.proto.LogEnd;
import java.nio.ByteBuffer;

/**
 * Goes through the records of one batch. Messages that are read are copies: the buffer may be used again afterwards.
 */
final class RecordCursor {
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
        long length = readVarint();
        if (length < 0 || length > in.remaining()) {
            throw malformed();
        }
        recordEnd = in.position() + (int) length;
        return true;
    }

    byte type() {
        return type;
    }

    /** Reads from the buffer, so to be used before that is used again. */
    EntriesCursor entries() throws InvalidProtocolBufferException {
        return new EntriesCursor(rest());
    }

    HardState hardState() throws InvalidProtocolBufferException {
        return HardState.parseFrom(rest());
    }

    Snapshot snapshot() throws InvalidProtocolBufferException {
        return Snapshot.parseFrom(rest());
    }

    LogPosition logEnd() throws InvalidProtocolBufferException {
        var end = LogEnd.parseFrom(rest());
        return new LogPosition(end.getIndex(), end.getTerm());
    }

    private ByteBuffer rest() {
        return in.slice(in.position(), recordEnd - in.position());
    }

    private long readVarint() throws InvalidProtocolBufferException {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES && in.hasRemaining(); i++) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    private static InvalidProtocolBufferException malformed() {
        return new InvalidProtocolBufferException("a record is longer than there are bytes");
    }
}
