package io.raftboot.example;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A number that all members count alike. One thread at a time calls it. */
final class Counter implements StateMachine {
    private long value;

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        value += number(command);
        return bytes(value);
    }

    @Override
    public byte[] query(byte[] query) {
        return bytes(value);
    }

    @Override
    public SnapshotWriter snapshot() {
        byte[] captured = bytes(value);
        return out -> out.write(captured);
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        value = number(snapshot.readAllBytes());
    }

    static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
