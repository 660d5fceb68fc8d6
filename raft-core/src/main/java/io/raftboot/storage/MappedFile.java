package io.raftboot.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/**
 * A file of a fixed size in memory: a write is a copy into the page cache without a system call, which with a small file
 * takes most of the time. The mapping goes when the garbage collector finds it; until then a closed file must not be written to.
 */
record MappedFile(DiskFile file, MappedByteBuffer bytes) implements DiskFile {
    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int count = (int) Math.max(0, Math.min(target.remaining(), bytes.capacity() - position));
        target.put(bytes.slice((int) Math.min(position, bytes.capacity()), count));
        return count;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        int count = source.remaining();
        if (position + count > bytes.capacity()) {
            throw new IOException("a write of " + count + " bytes at offset " + position
                    + " is beyond the end of a file of a fixed size, " + bytes.capacity());
        }
        bytes.put((int) position, source, source.position(), count);
        source.position(source.limit());
    }

    @Override
    public void writeZeros(long position, long lengthBytes) throws IOException {
        write(ByteBuffer.allocate(Math.toIntExact(lengthBytes)), position);
    }

    @Override
    public void force() throws IOException {
        try {
            bytes.force();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        file.force();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void truncate(long sizeBytes) {
        throw new UnsupportedOperationException("the size is fixed");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
