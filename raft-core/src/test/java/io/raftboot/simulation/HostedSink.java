package io.raftboot.simulation;

import io.raftboot.transport.SnapshotSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a process takes a snapshot, as seen by who brings it: if the process dies at it, that is a failure of its, and not the other's. */
record HostedSink(SnapshotSink sink) implements SnapshotSink {
    interface Work<T> {
        T run() throws IOException;
    }

    /** Does something in the other process, on the thread of this one. */
    static <T> T of(SimulatedHost host, Work<T> work) throws IOException {
        if (host.isCrashed()) {
            throw new IOException(host.name() + " is dead");
        }
        try {
            return work.run();
        } catch (ProcessDeath e) {
            throw new IOException(host.name() + " has died", e);
        }
    }

    private static IOException died(ProcessDeath death) {
        return new IOException("the process has died that took the snapshot", death);
    }

    @Override
    public long offset() {
        return sink.offset();
    }

    @Override
    public void write(ByteBuffer chunk) throws IOException {
        try {
            sink.write(chunk);
        } catch (ProcessDeath e) {
            throw died(e);
        }
    }

    @Override
    public void finish() throws IOException {
        try {
            sink.finish();
        } catch (ProcessDeath e) {
            throw died(e);
        }
    }

    @Override
    public void close() {
        try {
            sink.close();
        } catch (ProcessDeath e) {
            // It has closed what it had.
        }
    }
}
