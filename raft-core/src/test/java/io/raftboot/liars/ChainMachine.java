package io.raftboot.liars;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Knows all commands that it was ever given, in their order, by two numbers: its state does not grow. */
final class ChainMachine implements StateMachine {
    static final String NAME = "chain";

    private Chain chain = Chain.EMPTY;

    /** What was applied. */
    record Chain(long count, long hash) {
        static final Chain EMPTY = new Chain(0, 17);

        Chain plus(byte[] command) {
            return new Chain(count + 1, hash * 1_000_003 + Arrays.hashCode(command));
        }
    }

    synchronized Chain chain() {
        return chain;
    }

    @Override
    public synchronized byte[] apply(CommandContext context, byte[] command) {
        chain = chain.plus(command);
        return ByteBuffer.allocate(Long.BYTES).putLong(chain.count).array();
    }

    @Override
    public byte[] query(byte[] query) {
        return new byte[0];
    }

    @Override
    public SnapshotWriter snapshot() {
        var captured = chain();
        return out -> {
            var data = new DataOutputStream(out);
            data.writeLong(captured.count);
            data.writeLong(captured.hash);
            data.flush();
        };
    }

    @Override
    public synchronized void restore(InputStream snapshot) throws IOException {
        var data = new DataInputStream(snapshot);
        chain = new Chain(data.readLong(), data.readLong());
    }
}
