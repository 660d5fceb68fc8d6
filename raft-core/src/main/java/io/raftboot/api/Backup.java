package io.raftboot.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;

/**
 * A backup of a group, to be read once from its beginning to its end: everything that a member had applied at one index, the
 * state of machines in databases, sessions and idempotency keys included, with the configuration and the cluster it is of. It is
 * a file of the member that is not deleted before this is closed, so that commands go on however long the reading takes. What
 * arrives is whole or says that it is not: checksums cover every byte, and {@code raft-tools restore} checks them.
 *
 * <p>For one thread at a time. Always to be closed, also when it was read to its end. Once the member has stopped, a read may fail.
 */
public interface Backup extends AutoCloseable {
    /** Name of the cluster, as configured. */
    String clusterName();

    long clusterId();

    /** The member that made it. */
    long nodeId();

    /** Index of the last entry whose effect is in it. */
    long index();

    /** Term of that entry. */
    long term();

    /** By the clock of the member that made it. */
    Instant takenAt();

    /** Bytes from beginning to end. */
    long length();

    /** CRC-32C of the state in it, in hexadecimal digits, as the tool prints it of the file. */
    String checksum();

    /** A file name that tells it from others: cluster, index and time, made of letters, digits, dots and hyphens. */
    String fileName();

    /**
     * Reads on, and waits for the disk.
     *
     * @return how many bytes were put into the target, -1 at the end
     * @throws IOException if the file can't be read, or its bytes are not those that were written; in that case the
     *     last ones were not handed out, so that what was read is too short to pass for a backup
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Writes what is left to the channel, through a buffer of {@value #BUFFER_BYTES} bytes.
     *
     * @param target blocking; stays open
     * @throws IOException of the channel, or as of {@link #read}
     */
    default void writeTo(WritableByteChannel target) throws IOException {
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                target.write(buffer);
            }
        }
    }

    /** How much of it {@link #writeTo} has in memory. */
    int BUFFER_BYTES = 64 * 1024;

    /** The file may be deleted from now on. */
    @Override
    void close() throws IOException;
}
