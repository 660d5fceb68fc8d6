package io.raftboot.benchmarks;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The least a state machine can be: a map in memory, from a key of eight bytes to a value. */
final class KeyValueMachine implements StateMachine {
    private static final byte[] EMPTY = {};

    private final Map<Long, byte[]> values = new HashMap<>();

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        var value = Arrays.copyOfRange(command, PutTarget.KEY_SIZE_BYTES, command.length);
        values.put(ByteBuffer.wrap(command).getLong(), value);
        return EMPTY;
    }

    @Override
    public byte[] query(byte[] query) {
        return values.getOrDefault(ByteBuffer.wrap(query).getLong(), EMPTY);
    }

    @Override
    public SnapshotWriter snapshot() {
        // Values are replaced, never changed: the map alone needs copying.
        Map<Long, byte[]> captured = new HashMap<>(values);
        return target -> {
            var out = new DataOutputStream(target);
            out.writeInt(captured.size());
            for (var entry : captured.entrySet()) {
                out.writeLong(entry.getKey());
                out.writeInt(entry.getValue().length);
                out.write(entry.getValue());
            }
            out.flush();
        };
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        values.clear();
        var in = new DataInputStream(snapshot);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            long key = in.readLong();
            int length = in.readInt();
            byte[] value = in.readNBytes(length);
            if (value.length < length) {
                throw new EOFException("the snapshot ends within the value of key " + key);
            }
            values.put(key, value);
        }
    }
}
