package io.raftboot.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Finds batches in segments. Not thread-safe. */
final class BatchReader {
    private final ReadWindow window = new ReadWindow();
    private final CRC32C crc = new CRC32C();

    /** Forgets what was read; to be called before reading from a segment that may have been written to since. */
    void forget() {
        window.forget();
    }

    /**
     * The batch at an offset, or null if what is there is no whole batch of this segment. Says nothing about whether it
     * follows the one before.
     */
    @Nullable
    Batch at(Segment segment, long offset) throws IOException {
        var header = window.read(segment.file(), offset, BatchFormat.HEADER_SIZE);
        if (header.remaining() < BatchFormat.HEADER_SIZE
                || header.getInt(BatchFormat.MAGIC_AT) != BatchFormat.MAGIC
                || header.getLong(BatchFormat.SALT_AT) != segment.salt()) {
            return null;
        }
        int length = header.getInt(BatchFormat.LENGTH_AT);
        // Before a buffer of that size is allocated: a damaged length must not cost the heap.
        if (length < 0 || length > segment.file().size() - offset - BatchFormat.HEADER_SIZE) {
            return null;
        }
        var bytes = window.read(segment.file(), offset, BatchFormat.HEADER_SIZE + length);
        if (bytes.remaining() < BatchFormat.HEADER_SIZE + length) {
            return null;
        }
        int checksum = bytes.getInt(BatchFormat.CHECKSUM_AT);
        if (BatchFormat.checksum(crc, bytes, 0, length) != checksum) {
            return null;
        }
        return new Batch(
                new BatchPlace(segment.number(), offset, BatchFormat.padded(length)),
                bytes.getLong(BatchFormat.SEQUENCE_AT),
                bytes.getInt(BatchFormat.PREVIOUS_CHECKSUM_AT),
                checksum,
                bytes.slice(BatchFormat.HEADER_SIZE, length));
    }

    /** What is behind an offset where no batch is. */
    Tail tail(Segment segment, long offset) throws IOException {
        boolean zeros = true;
        for (long at = offset; ; at += BatchFormat.ALIGNMENT) {
            var sector = window.read(segment.file(), at, BatchFormat.ALIGNMENT);
            if (!sector.hasRemaining()) {
                return new Tail(zeros, null);
            }
            if (isZero(sector)) {
                continue;
            }
            zeros = false;
            var batch = at(segment, at);
            if (batch != null) {
                return new Tail(false, batch);
            }
        }
    }

    private static boolean isZero(ByteBuffer sector) {
        int at = 0;
        for (; at + Long.BYTES <= sector.limit(); at += Long.BYTES) {
            if (sector.getLong(at) != 0) {
                return false;
            }
        }
        for (; at < sector.limit(); at++) {
            if (sector.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A batch that is whole. The payload is valid until the reader is used again. */
    record Batch(BatchPlace place, long sequence, int previousChecksum, int checksum, ByteBuffer payload) {}

    /** Whether there are only zeros, and the first whole batch if not. */
    record Tail(boolean zeros, @Nullable Batch batch) {}
}
