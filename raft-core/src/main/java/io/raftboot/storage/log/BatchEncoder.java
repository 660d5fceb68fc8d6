package io.raftboot.storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Encodes a batch into one direct buffer that is used again and again: the messages write themselves into it, and the
 * platform writes it without another copy.
 */
final class BatchEncoder {
    private static final int INITIAL_SIZE_BYTES = 64 * 1024;

    private ByteBuffer buffer = allocate(INITIAL_SIZE_BYTES);
    private final CRC32C crc = new CRC32C();
    private int checksum;

    /** The batch with padding, from position to limit; valid until the next call. */
    ByteBuffer encode(BatchBuilder builder, int payloadSize, long salt, long sequence, int previousChecksum)
            throws IOException {
        int length = BatchFormat.padded(payloadSize);
        if (length > buffer.capacity()) {
            buffer = allocate(Math.max(length, (int) Math.min(2L * buffer.capacity(), Integer.MAX_VALUE)));
        }
        buffer.clear().limit(BatchFormat.HEADER_SIZE + payloadSize).position(BatchFormat.HEADER_SIZE);
        builder.writeTo(buffer);
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(
                    "the batch is " + buffer.remaining() + " bytes shorter than its messages say");
        }
        buffer.putInt(BatchFormat.MAGIC_AT, BatchFormat.MAGIC);
        buffer.putInt(BatchFormat.LENGTH_AT, payloadSize);
        buffer.putLong(BatchFormat.SALT_AT, salt);
        buffer.putLong(BatchFormat.SEQUENCE_AT, sequence);
        buffer.putInt(BatchFormat.PREVIOUS_CHECKSUM_AT, previousChecksum);
        checksum = BatchFormat.checksum(crc, buffer, 0, payloadSize);
        buffer.putInt(BatchFormat.CHECKSUM_AT, checksum);
        buffer.limit(length);
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0);
        }
        return buffer.flip();
    }

    /** Checksum of the batch that was encoded last. */
    int checksum() {
        return checksum;
    }

    private static ByteBuffer allocate(int sizeBytes) {
        return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
