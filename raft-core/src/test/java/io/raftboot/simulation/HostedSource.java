package io.raftboot.simulation;

import io.raftboot.transport.SnapshotSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What a process sends a snapshot from, as seen by who carries it: if the process dies at it, that is a failure of its, and not the other's. */
record HostedSource(SnapshotSource source) implements SnapshotSource {
    @Override
    public long length() {
        return source.length();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
        try {
            return source.read(offset, target);
        } catch (ProcessDeath e) {
            throw new IOException("the process has died that sent the snapshot", e);
        }
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (ProcessDeath e) {
            // It has closed what it had.
        }
    }
}
