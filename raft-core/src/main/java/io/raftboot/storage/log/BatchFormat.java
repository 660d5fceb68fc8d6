package io.raftboot.storage.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a batch, little-endian: the header, the payload (records, see {@link RecordType}), zeros up to a multiple of
 * 512. The checksum covers the header before it and the payload.
 */
final class BatchFormat {
    /** A device writes no less than this at once, so batches never share what may be torn. */
    static final int ALIGNMENT = 512;

    static final int MAGIC = 0x3154_4252; // "RBT1"

    static final int MAGIC_AT = 0;
    static final int LENGTH_AT = 4;
    static final int SALT_AT = 8;
    static final int SEQUENCE_AT = 16;
    static final int PREVIOUS_CHECKSUM_AT = 24;
    static final int CHECKSUM_AT = 28;
    static final int HEADER_SIZE = 32;

    private BatchFormat() {}

    static int padded(int payloadLength) {
        return Math.addExact(HEADER_SIZE + ALIGNMENT - 1, payloadLength) & -ALIGNMENT;
    }

    /** Checksum of a batch that begins at {@code start}; changes neither position nor limit. */
    static int checksum(CRC32C crc, ByteBuffer buffer, int start, int payloadLength) {
        crc.reset();
        var bytes = buffer.duplicate();
        bytes.limit(start + CHECKSUM_AT).position(start);
        crc.update(bytes);
        bytes.limit(start + HEADER_SIZE + payloadLength).position(start + HEADER_SIZE);
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
