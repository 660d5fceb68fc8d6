package io.raftboot.proof;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.proto.LogEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Brings what the batches of a log say into a {@link ForcedLog}, each once and in their order. */
final class LogRecords {
    private static final int ENTRIES = 1;
    private static final int HARD_STATE = 2;
    private static final int SNAPSHOT_TAKEN = 3;
    private static final int SNAPSHOT_INSTALLED = 4;
    private static final int LOG_END = 5;
    private static final int UNTYPED = 6;
    private static final int WHOLE = 7;

    private SegmentBytes.Next next = new SegmentBytes.Next(1, 0);

    SegmentBytes.Next next() {
        return next;
    }

    void begin() {
        next = new SegmentBytes.Next(1, 0);
    }

    /** Each once, in their order; says how many there were that were not known. */
    int apply(List<SegmentBytes.Batch> batches, ForcedLog log) throws IOException {
        int count = 0;
        for (var batch : batches) {
            if (batch.sequence() == next.sequence()) {
                next = new SegmentBytes.Next(batch.sequence() + 1, batch.checksum());
                apply(batch.payload().order(ByteOrder.LITTLE_ENDIAN), log);
                count++;
            }
        }
        return count;
    }

    private static void apply(ByteBuffer payload, ForcedLog log) throws IOException {
        while (payload.hasRemaining()) {
            int type = payload.get();
            int length = varint(payload);
            var body = payload.slice(payload.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            payload.position(payload.position() + length);
            switch (type) {
                case ENTRIES -> entries(body, log);
                case HARD_STATE -> {
                    var state = HardState.parseFrom(body);
                    log.promise(new Promise(state.getTerm(), state.getVote(), state.getCommit()));
                }
                case SNAPSHOT_TAKEN -> log.taken(Snapshot.parseFrom(body));
                case SNAPSHOT_INSTALLED -> log.installed(Snapshot.parseFrom(body));
                case LOG_END -> {
                    var end = LogEnd.parseFrom(body);
                    log.end(end.getIndex(), end.getTerm());
                }
                default -> throw new IOException("record of the unknown type " + type);
            }
        }
    }

    private static void entries(ByteBuffer body, ForcedLog log) throws IOException {
        long term = body.getLong();
        for (long index = body.getLong(); body.hasRemaining(); index++) {
            int head = body.getInt();
            int length = head >>> 3;
            int kind = head & 7;
            var data = body.slice(body.position(), length);
            body.position(body.position() + length);
            if (kind == WHOLE) {
                var entry = Entry.parseFrom(data);
                log.entry(index, term, Hash.of(entry), entry.getType() != EntryType.ENTRY_NORMAL);
            } else {
                int type = kind == UNTYPED ? EntryType.ENTRY_NORMAL_VALUE : kind;
                log.entry(index, term, Hash.of(type, data), type != EntryType.ENTRY_NORMAL_VALUE);
            }
        }
    }

    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
