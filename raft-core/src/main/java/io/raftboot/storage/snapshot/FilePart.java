package io.raftboot.storage.snapshot;

import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file from an offset on, as if it began there, to be read.
 *
 * @param whole closed with this
 */
record FilePart(DiskFile whole, long beginsAt) implements DiskFile {
    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return whole.read(target, beginsAt + position);
    }

    @Override
    public long size() throws IOException {
        return Math.max(0, whole.size() - beginsAt);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        throw readOnly();
    }

    @Override
    public void writeZeros(long position, long lengthBytes) throws IOException {
        throw readOnly();
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
        throw readOnly();
    }

    /** Nothing was written. */
    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
        whole.close();
    }

    private static IOException readOnly() {
        return new IOException("a part of a file can only be read");
    }
}
