package io.raftboot.replica;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A state machine for tests whose state is as large as it is told to be, and takes no memory: every byte of it follows from
 * where it is. Counts its commands.
 */
final class GeneratedMachine implements StateMachine {
    static final String NAME = "generated";
    private static final int BLOCK_BYTES = 64 * 1024;

    private final long sizeBytes;
    private final AtomicLong commands = new AtomicLong();
    private volatile long restoredBytes;

    GeneratedMachine(long sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    long commands() {
        return commands.get();
    }

    /** How much state came from others and was verified. */
    long restoredBytes() {
        return restoredBytes;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        commands.incrementAndGet();
        return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) {
        return ByteBuffer.allocate(Long.BYTES).putLong(commands.get()).array();
    }

    @Override
    public SnapshotWriter snapshot() {
        long captured = commands.get();
        return out -> {
            var data = new DataOutputStream(out);
            data.writeLong(captured);
            data.writeLong(sizeBytes);
            var block = new byte[BLOCK_BYTES];
            for (long at = 0; at < sizeBytes; at += BLOCK_BYTES) {
                generate(block, captured, at);
                data.write(block, 0, (int) Math.min(BLOCK_BYTES, sizeBytes - at));
            }
            data.flush();
        };
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        var data = new DataInputStream(snapshot);
        long captured = data.readLong();
        long size = data.readLong();
        var expected = new byte[BLOCK_BYTES];
        var block = new byte[BLOCK_BYTES];
        for (long at = 0; at < size; at += BLOCK_BYTES) {
            int length = (int) Math.min(BLOCK_BYTES, size - at);
            data.readFully(block, 0, length);
            generate(expected, captured, at);
            if (Arrays.mismatch(block, 0, length, expected, 0, length) >= 0) {
                throw new IOException("the state differs in the block at " + at);
            }
        }
        if (data.read() >= 0) {
            throw new IOException("there is more than " + size + " bytes of state");
        }
        commands.set(captured);
        restoredBytes = size;
    }

    private static void generate(byte[] block, long seed, long at) {
        var words = ByteBuffer.wrap(block).asLongBuffer();
        long value = (seed + 1) * 0x9E37_79B9_7F4A_7C15L + at;
        while (words.hasRemaining()) {
            value ^= value << 13;
            value ^= value >>> 7;
            value ^= value << 17;
            words.put(value);
        }
    }
}
