package io.raftboot.benchmarks;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.benchmarks.load.KeyValues;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The map of all benchmarks. */
final class KeyValueMachine implements StateMachine {
    private static final byte[] EMPTY = {};

    private final KeyValues values = new KeyValues();

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        values.apply(command, 0, command.length);
        return EMPTY;
    }

    @Override
    public byte[] query(byte[] query) {
        byte[] value = values.get(ByteBuffer.wrap(query).getLong());
        return value == null ? EMPTY : value;
    }

    @Override
    public SnapshotWriter snapshot() {
        var captured = values.copy();
        return target -> {
            var out = new DataOutputStream(target);
            captured.writeTo(out);
            out.flush();
        };
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        values.readFrom(new DataInputStream(snapshot));
    }
}
