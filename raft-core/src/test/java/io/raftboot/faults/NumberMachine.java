package io.raftboot.faults;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** Remembers the numbers that were applied. A command is a number and any bytes behind it. */
final class NumberMachine implements StateMachine {
    static final String NAME = "numbers";

    private final BitSet numbers = new BitSet();
    private int repeated;

    static byte[] command(int number, int paddingBytes) {
        return ByteBuffer.allocate(Integer.BYTES + paddingBytes).putInt(number).array();
    }

    synchronized BitSet numbers() {
        return (BitSet) numbers.clone();
    }

    /** How often a number came that was there already; nobody sends one twice. */
    synchronized int repeated() {
        return repeated;
    }

    @Override
    public synchronized byte[] apply(CommandContext context, byte[] command) {
        int number = ByteBuffer.wrap(command).getInt();
        if (numbers.get(number)) {
            repeated++;
        }
        numbers.set(number);
        return new byte[0];
    }

    @Override
    public synchronized byte[] query(byte[] query) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(numbers.cardinality()).array();
    }

    @Override
    public synchronized SnapshotWriter snapshot() {
        byte[] captured = numbers.toByteArray();
        var count = ByteBuffer.allocate(Integer.BYTES).putInt(repeated).array();
        return out -> {
            out.write(count);
            out.write(captured);
        };
    }

    @Override
    public synchronized void restore(InputStream snapshot) throws IOException {
        repeated = ByteBuffer.wrap(snapshot.readNBytes(Integer.BYTES)).getInt();
        numbers.clear();
        numbers.or(BitSet.valueOf(snapshot.readAllBytes()));
    }
}
