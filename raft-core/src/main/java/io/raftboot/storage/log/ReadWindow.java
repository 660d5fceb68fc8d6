package io.raftboot.storage.log;

import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file in larger pieces than are asked for, so that walking through many small batches costs few system calls.
 * What was read stays until {@link #forget}: of a file that is being written to, only as much may be asked for as was
 * written before the last call of that. Not thread-safe.
 */
final class ReadWindow {
    private static final int SIZE_BYTES = 256 * 1024;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
    private @Nullable DiskFile file;
    private long start;

    void forget() {
        file = null;
    }

    /**
     * The bytes from a position on, as many as asked for or as the file has. Little-endian, at its position 0, and valid until
     * the next call.
     */
    ByteBuffer read(DiskFile from, long position, int lengthBytes) throws IOException {
        boolean present = file == from && position >= start && position + lengthBytes <= start + buffer.limit();
        if (!present) {
            fill(from, position, lengthBytes);
        }
        int offset = (int) (position - start);
        int available = Math.max(0, Math.min(lengthBytes, buffer.limit() - offset));
        return buffer.slice(offset, available).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void fill(DiskFile from, long position, int lengthBytes) throws IOException {
        // A small file, as those of tests are, gets a small buffer.
        int wanted = Math.max(lengthBytes, (int) Math.min(SIZE_BYTES, from.size() - position));
        if (wanted > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(wanted);
        }
        file = null;
        buffer.clear();
        from.read(buffer, position);
        buffer.flip();
        file = from;
        start = position;
    }
}
