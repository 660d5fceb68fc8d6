package io.raftboot.benchmarks.jgroups;

import io.raftboot.benchmarks.load.KeyValues;
import io.raftboot.benchmarks.load.PutTarget;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jgroups.raft.StateMachine;

/** The map of all benchmarks. Reads come in where writes do, and are told by having a key alone. */
final class KeyValueMachine implements StateMachine {
    private static final byte[] EMPTY = {};

    private final KeyValues values = new KeyValues();

    @Override
    public byte[] apply(byte[] data, int offset, int length, boolean serializeResponse) {
        if (length == PutTarget.KEY_SIZE_BYTES) {
            byte[] value = values.get(ByteBuffer.wrap(data, offset, length).getLong());
            return value == null ? EMPTY : value;
        }
        values.apply(data, offset, length);
        return EMPTY;
    }

    @Override
    public void readContentFrom(DataInput in) throws IOException {
        values.readFrom(in);
    }

    @Override
    public void writeContentTo(DataOutput out) throws IOException {
        values.writeTo(out);
    }
}
