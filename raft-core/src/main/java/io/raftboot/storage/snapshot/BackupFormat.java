package io.raftboot.storage.snapshot;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.storage.disk.Checksum;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.UnsupportedFormatException;
import io.raftboot.storage.proto.BackupHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The layout of a backup file, little-endian: a header with its CRC-32C, and a snapshot file as it is. The header names length
 * and checksum of that, so that all bytes are covered by one checksum or the other.
 */
public final class BackupFormat {
    static final int VERSION = 1;

    private static final long MAGIC = 0x5055_4B42_5446_4152L; // "RAFTBKUP"
    private static final int VERSION_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int PAYLOAD_AT = 16;

    /** Far more than names and a configuration take. */
    private static final int MAX_HEADER_BYTES = 1024 * 1024;

    private BackupFormat() {}

    /** What a backup begins with, before the bytes of the snapshot file. */
    public static byte[] header(BackupHeader header) {
        var payload = header.toByteArray();
        var result = new byte[PAYLOAD_AT + payload.length + SnapshotFormat.CHECKSUM_SIZE];
        var bytes = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(payload.length).put(payload);
        bytes.putInt(Checksum.of(bytes, bytes.position()));
        return result;
    }

    static boolean isBackup(DiskFile file) throws IOException {
        var magic = SnapshotFormat.little(Long.BYTES);
        file.read(magic, 0);
        return !magic.hasRemaining() && magic.getLong(0) == MAGIC;
    }

    /** A header that was verified, and where the snapshot begins. */
    record Beginning(BackupHeader header, long snapshotAt) {}

    static Beginning read(DiskFile file, Path path) throws IOException {
        if (!isBackup(file)) {
            throw new CorruptionException(path, 0, "this is not a backup");
        }
        var fixed = SnapshotFormat.little(PAYLOAD_AT);
        file.read(fixed, 0);
        int length = fixed.getInt(LENGTH_AT);
        int checksumAt = PAYLOAD_AT + length;
        boolean fits = !fixed.hasRemaining()
                && length >= 0
                && length <= MAX_HEADER_BYTES
                && checksumAt + SnapshotFormat.CHECKSUM_SIZE <= file.size();
        if (!fits) {
            throw new CorruptionException(path, LENGTH_AT, "the header of the backup is damaged, or was cut");
        }
        var bytes = SnapshotFormat.little(checksumAt + SnapshotFormat.CHECKSUM_SIZE);
        file.read(bytes, 0);
        if (Checksum.of(bytes, checksumAt) != bytes.getInt(checksumAt)) {
            throw new CorruptionException(path, 0, "the header of the backup is damaged");
        }
        if (bytes.getInt(VERSION_AT) != VERSION) {
            throw new UnsupportedFormatException(path, bytes.getInt(VERSION_AT), VERSION);
        }
        try {
            return new Beginning(
                    BackupHeader.parseFrom(bytes.slice(PAYLOAD_AT, length)),
                    (long) checksumAt + SnapshotFormat.CHECKSUM_SIZE);
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptionException(path, PAYLOAD_AT, "the header of the backup is damaged");
        }
    }
}
