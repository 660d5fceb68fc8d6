package io.raftboot.benchmarks.load;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The least a state machine can be: a map in memory, from a key of eight bytes to a value. Any thread may call: some systems
 * read on another thread than they apply on, and a lock that nobody else wants costs nothing beside a write.
 */
public final class KeyValues {
    private final Map<Long, byte[]> values;

    public KeyValues() {
        this(new HashMap<>());
    }

    private KeyValues(Map<Long, byte[]> values) {
        this.values = values;
    }

    /** Does what a {@link PutTarget.Put#command} says. */
    public synchronized void apply(byte[] command, int offset, int length) {
        int valueStart = offset + PutTarget.KEY_SIZE_BYTES;
        values.put(
                ByteBuffer.wrap(command, offset, length).getLong(),
                Arrays.copyOfRange(command, valueStart, offset + length));
    }

    /** As the other, and leaves the buffer at its end. */
    public synchronized void apply(ByteBuffer command) {
        long key = command.getLong();
        byte[] value = new byte[command.remaining()];
        command.get(value);
        values.put(key, value);
    }

    public synchronized byte @Nullable [] get(long key) {
        return values.get(key);
    }

    public synchronized int size() {
        return values.size();
    }

    /** A second one with the same in it, for another thread to write: values are replaced, never changed. */
    public synchronized KeyValues copy() {
        return new KeyValues(new HashMap<>(values));
    }

    public synchronized void writeTo(DataOutput out) throws IOException {
        out.writeInt(values.size());
        for (var entry : values.entrySet()) {
            out.writeLong(entry.getKey());
            out.writeInt(entry.getValue().length);
            out.write(entry.getValue());
        }
    }

    /** Puts what {@link #writeTo} wrote in the place of what was there. */
    public synchronized void readFrom(DataInput in) throws IOException {
        values.clear();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            long key = in.readLong();
            byte[] value = new byte[in.readInt()];
            in.readFully(value);
            values.put(key, value);
        }
    }
}
