package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file, read and written by position. Several threads may read and write at the same time; what overlaps is
 * theirs to order.
 */
public interface DiskFile extends AutoCloseable {

    /**
     * Reads until the target is full or the file ends.
     *
     * @return how many bytes were read; 0 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all that remains in the source. The file grows if need be; a gap reads as zeros. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Writes zeros, really written: the blocks are allocated afterwards, so that a later force need not do that. */
    void writeZeros(long position, long lengthBytes) throws IOException;

    /** Returns when all bytes written before, and the size of the file, are durable. */
    void force() throws IOException;

    long size() throws IOException;

    /** Cuts what is behind {@code sizeBytes}; does nothing if the file is shorter. */
    void truncate(long sizeBytes) throws IOException;

    /** Closes without forcing. */
    @Override
    void close() throws IOException;
}
