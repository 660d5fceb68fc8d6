package io.raftboot.benchmarks.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A file that gets the same bytes again and again, one behind the other, with a force after each. */
final class BareFile implements AutoCloseable {
    private static final int FILLED_SIZE_BYTES = 64 * 1024 * 1024;

    /** More than a round writes: from here on it would not grow any more. */
    private static final long GROWING_SIZE_BYTES = 64L * 1024 * 1024 * 1024;

    private static final int FILL_SIZE_BYTES = 1024 * 1024;
    private static final long SEED = 1;

    private final FileChannel channel;
    private final ByteBuffer bytes;
    private final long sizeBytes;
    private long position;

    /** What there is before a write. */
    enum Kind {
        /** Zeros, forced: a force is one write to the device, as with the log. From the end on it begins anew. */
        FILLED("filled before"),

        /** Nothing: each force makes a change of the file system's own data durable as well. */
        GROWING("growing");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    BareFile(Path path, Kind kind, int writeSizeBytes) throws IOException {
        var filling = new byte[writeSizeBytes];
        new Random(SEED).nextBytes(filling);
        bytes = ByteBuffer.allocateDirect(writeSizeBytes).put(filling);
        channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        sizeBytes = kind == Kind.FILLED ? FILLED_SIZE_BYTES : GROWING_SIZE_BYTES;
        if (kind == Kind.FILLED) {
            fill();
        }
    }

    private void fill() throws IOException {
        var zeros = ByteBuffer.allocateDirect(FILL_SIZE_BYTES);
        for (int at = 0; at < FILLED_SIZE_BYTES; at += FILL_SIZE_BYTES) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
    }

    /** Writes, and forces. */
    void write() throws IOException {
        if (position + bytes.capacity() > sizeBytes) {
            position = 0;
        }
        channel.write(bytes.clear(), position);
        channel.force(false);
        position += bytes.capacity();
    }

    int writeSizeBytes() {
        return bytes.capacity();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
