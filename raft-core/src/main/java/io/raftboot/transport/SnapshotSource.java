package io.raftboot.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A snapshot file that is being sent. Read by one thread at a time, a thread of the snapshot channel's own, so that
 * reading may block. Its content and length must not change until it is closed.
 */
public interface SnapshotSource extends AutoCloseable {

    /** The length in bytes, which stays the same. */
    long length();

    /**
     * Reads at a position, into the free space of {@code target}.
     *
     * @param offset the position in bytes, less than {@link #length()}
     * @return how many bytes were read, at least 1
     * @throws IOException if the file can't be read; the transfer fails and is not tried again
     */
    int read(long offset, ByteBuffer target) throws IOException;

    /** Called exactly once by the transport, when it needs the source no longer, whatever the outcome. */
    @Override
    void close();
}
