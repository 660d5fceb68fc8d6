package io.raftboot.proof;

import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** One segment of a log, read from where the last reading ended. By {@code docs/storage-format.md} alone. */
final class SegmentBytes {
    static final int HEADER_SIZE = 512;
    private static final long MAGIC = 0x4745_5345_4c41_5752L;
    private static final int SALT_AT = 24;
    private static final int BATCH_MAGIC = 0x3154_4252;
    private static final int BATCH_HEADER_SIZE = 32;
    private static final int CHECKSUM_AT = 28;
    private static final int ALIGNMENT = 512;

    private final CRC32C crc = new CRC32C();
    private final List<Batch> batches = new ArrayList<>();
    private final ByteBuffer head = ByteBuffer.allocate(BATCH_HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private long salt;
    private boolean headed;
    private long offset = HEADER_SIZE;

    /** Whether the name was forced. */
    boolean named;

    /** What one force of the log covers. */
    record Batch(long sequence, int checksum, ByteBuffer payload) {}

    /** What the next batch has to say of the one before. */
    record Next(long sequence, int previousChecksum) {}

    List<Batch> takeBatches() {
        var taken = List.copyOf(batches);
        batches.clear();
        return taken;
    }

    /** Reads the batches that follow, as far as they are whole, and follow. */
    void read(DiskFile file, Next next) throws IOException {
        if (!headed && !readHeader(file)) {
            return;
        }
        var expected = batches.isEmpty() ? next : following(batches.get(batches.size() - 1));
        for (var batch = batchAt(file, expected); batch != null; batch = batchAt(file, expected)) {
            batches.add(batch);
            expected = following(batch);
        }
    }

    private static Next following(Batch batch) {
        return new Next(batch.sequence + 1, batch.checksum);
    }

    private boolean readHeader(DiskFile file) throws IOException {
        var header = ByteBuffer.allocate(HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        file.read(header, 0);
        if (header.hasRemaining() || header.getLong(0) != MAGIC) {
            return false;
        }
        salt = header.getLong(SALT_AT);
        headed = true;
        return true;
    }

    private @Nullable Batch batchAt(DiskFile file, Next next) throws IOException {
        head.clear();
        file.read(head, offset);
        if (head.hasRemaining() || head.getInt(0) != BATCH_MAGIC || head.getLong(8) != salt) {
            return null;
        }
        int length = head.getInt(4);
        if (length < 0
                || length > file.size() - offset
                || (next.sequence != 0 && head.getLong(16) != next.sequence)
                || (next.sequence > 1 && head.getInt(24) != next.previousChecksum)) {
            return null;
        }
        var payload = ByteBuffer.allocate(length);
        file.read(payload, offset + BATCH_HEADER_SIZE);
        payload.flip();
        crc.reset();
        crc.update(head.array(), 0, CHECKSUM_AT);
        crc.update(payload.duplicate());
        int checksum = head.getInt(CHECKSUM_AT);
        if (payload.remaining() != length || (int) crc.getValue() != checksum) {
            return null;
        }
        long end = offset + BATCH_HEADER_SIZE + length;
        offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return new Batch(head.getLong(16), checksum, payload);
    }
}
