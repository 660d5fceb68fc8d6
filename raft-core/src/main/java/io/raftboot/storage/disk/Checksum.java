package io.raftboot.storage.disk;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C, which processors compute faster than memory delivers. */
public final class Checksum {
    private Checksum() {}

    /** Checksum of the bytes from 0 to {@code end}, wherever the buffer's position is. */
    public static int of(ByteBuffer bytes, int end) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate().clear().limit(end));
        return (int) crc.getValue();
    }
}
