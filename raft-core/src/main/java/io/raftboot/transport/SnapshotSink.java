package io.raftboot.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where a snapshot file that is being received goes. Used by one thread at a time, a thread of the snapshot channel's
 * own, so that writing may block.
 */
public interface SnapshotSink extends AutoCloseable {

    /** How many bytes are there already, of an earlier transfer that broke off; 0 if there are none. */
    long offset();

    /**
     * Appends a chunk, which came in order and whose checksum was right. The buffer belongs to the transport again when
     * the method returns.
     *
     * @throws IOException if the file can't be written; the sender is told, and does not try again
     */
    void write(ByteBuffer chunk) throws IOException;

    /**
     * All chunks are there: verify, force, make the file known. The sender is told after this has returned and {@link
     * TransportListener#snapshotReceived} was called.
     *
     * @throws IOException if the file is not what was announced or can't be made durable; the sender is told, and does
     *     not try again
     */
    void finish() throws IOException;

    /**
     * Called exactly once, after {@link #finish()} or without it. Without it, what was written should be kept, so that
     * the next transfer of the same snapshot resumes behind it.
     */
    @Override
    void close();
}
