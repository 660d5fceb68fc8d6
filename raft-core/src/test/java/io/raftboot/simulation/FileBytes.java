package io.raftboot.simulation;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of one file. A copy shares what neither of the two has written since; zeros that were never anything else take no room.
 * Of one thread at a time.
 */
final class FileBytes {
    private static final int CHUNK_BYTES = 4096;
    private static final byte[] ZEROS = new byte[CHUNK_BYTES];

    /** What was never written to is {@link #ZEROS} itself. */
    private byte[][] chunks;

    /** Whether a chunk belongs to nobody else, and may be written to. */
    private boolean[] own;

    private long size;

    FileBytes() {
        this(new byte[0][], 0);
    }

    private FileBytes(byte[][] chunks, long size) {
        this.chunks = chunks;
        this.own = new boolean[chunks.length];
        this.size = size;
    }

    FileBytes copy() {
        Arrays.fill(own, false);
        return new FileBytes(chunks.clone(), size);
    }

    /** Has these bytes be those of another file, which is of no use to anybody from now on. */
    void become(FileBytes other) {
        chunks = other.chunks;
        own = other.own;
        size = other.size;
    }

    long size() {
        return size;
    }

    /** Reads until the target is full or the file ends; returns how much. */
    int read(ByteBuffer target, long position) {
        int total = (int) Math.max(0, Math.min(target.remaining(), size - position));
        for (int done = 0; done < total; ) {
            long at = position + done;
            int offset = (int) (at % CHUNK_BYTES);
            int count = Math.min(CHUNK_BYTES - offset, total - done);
            target.put(chunk((int) (at / CHUNK_BYTES)), offset, count);
            done += count;
        }
        return total;
    }

    private byte[] chunk(int number) {
        return number < chunks.length ? chunks[number] : ZEROS;
    }

    /** Writes all that remains in the source. */
    void write(ByteBuffer source, long position) {
        long at = position;
        while (source.hasRemaining()) {
            int offset = (int) (at % CHUNK_BYTES);
            int count = Math.min(CHUNK_BYTES - offset, source.remaining());
            source.get(writable((int) (at / CHUNK_BYTES)), offset, count);
            at += count;
        }
        size = Math.max(size, at);
    }

    void writeZeros(long position, long length) {
        long end = position + length;
        for (long at = position; at < end; ) {
            int offset = (int) (at % CHUNK_BYTES);
            int count = (int) Math.min(CHUNK_BYTES - offset, end - at);
            clear((int) (at / CHUNK_BYTES), offset, count);
            at += count;
        }
        size = Math.max(size, end);
    }

    private void clear(int number, int offset, int count) {
        if (chunk(number) == ZEROS) {
            return;
        }
        if (count == CHUNK_BYTES) {
            chunks[number] = ZEROS;
        } else {
            Arrays.fill(writable(number), offset, offset + count, (byte) 0);
        }
    }

    void truncate(long newSize) {
        if (newSize < size) {
            writeZeros(newSize, size - newSize);
            size = newSize;
        }
    }

    private byte[] writable(int number) {
        if (number >= chunks.length) {
            int length = Math.max(number + 1, 2 * chunks.length);
            int before = chunks.length;
            chunks = Arrays.copyOf(chunks, length);
            Arrays.fill(chunks, before, length, ZEROS);
            own = Arrays.copyOf(own, length);
        }
        var chunk = chunks[number];
        if (chunk == ZEROS || !own[number]) {
            chunk = chunk.clone();
            chunks[number] = chunk;
            own[number] = true;
        }
        return chunk;
    }
}
