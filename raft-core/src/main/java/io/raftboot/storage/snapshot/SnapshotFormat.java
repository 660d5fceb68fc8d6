package io.raftboot.storage.snapshot;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.disk.Checksum;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.UnsupportedFormatException;
import io.raftboot.storage.log.EndCheck;
import io.raftboot.storage.proto.SnapshotDescriptor;
import io.raftboot.storage.proto.SnapshotHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The layout of a snapshot file, little-endian: a header, frames (a type, a length, a body) and the CRC-32C of everything
 * before.
 */
final class SnapshotFormat {
    static final int VERSION = 1;

    private static final long MAGIC = 0x5041_4E53_5446_4152L; // "RAFTSNAP"
    private static final int VERSION_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int HEADER_PAYLOAD_AT = 16;
    private static final int MAX_HEADER_BYTES = 1024 * 1024;

    static final int CHECKSUM_SIZE = 4;

    /** What begins and ends a file. */
    static final int MIN_FILE_BYTES = HEADER_PAYLOAD_AT + 2 * CHECKSUM_SIZE;

    static final byte SECTION = 1;
    static final byte DATA = 2;
    static final byte SECTION_END = 3;
    static final byte END = 4;
    static final int FRAME_HEADER_SIZE = 5;
    static final int MAX_FRAME_BODY_BYTES = 64 * 1024;

    static final int BUFFER_SIZE_BYTES = 256 * 1024;

    /** How much of a large file is written under one force, so that the log's forces don't wait for all of it. */
    static final long FORCE_INTERVAL_BYTES = 16 * 1024 * 1024;

    private SnapshotFormat() {}

    static byte[] header(long id, SnapshotMetadata metadata, boolean local) {
        var message = SnapshotHeader.newBuilder().setId(id).setMetadata(metadata);
        if (local) {
            message.setLocal(true);
        }
        var header = message.build().toByteArray();
        var result = new byte[HEADER_PAYLOAD_AT + header.length + CHECKSUM_SIZE];
        var bytes = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(header.length).put(header);
        bytes.putInt(Checksum.of(bytes, bytes.position()));
        return result;
    }

    /** Where the frames begin, in a file whose header is whole. */
    static long framesAt(DiskFile file) throws IOException {
        var fixed = little(HEADER_PAYLOAD_AT);
        file.read(fixed, 0);
        return (long) HEADER_PAYLOAD_AT + CHECKSUM_SIZE + fixed.getInt(LENGTH_AT);
    }

    /** The core's snapshot of a file: its metadata, and the file's id, length and checksum as the data. */
    static Snapshot describe(DiskFile file, Path path) throws IOException {
        var header = readHeader(file, path);
        long length = file.size();
        var trailer = little(CHECKSUM_SIZE);
        file.read(trailer, length - CHECKSUM_SIZE);
        var descriptor = SnapshotDescriptor.newBuilder()
                .setId(header.getId())
                .setLength(length)
                .setCrc32C(trailer.getInt(0));
        if (header.getLocal()) {
            descriptor.setLocal(true);
        }
        return Snapshot.newBuilder()
                .setMetadata(header.getMetadata())
                .setData(descriptor.build().toByteString())
                .build();
    }

    private static SnapshotHeader readHeader(DiskFile file, Path path) throws IOException {
        var fixed = little(HEADER_PAYLOAD_AT);
        file.read(fixed, 0);
        int length = fixed.getInt(LENGTH_AT);
        boolean fits = !fixed.hasRemaining()
                && length >= 0
                && length <= MAX_HEADER_BYTES
                && HEADER_PAYLOAD_AT + length + 2 * CHECKSUM_SIZE <= file.size();
        if (fixed.getLong(0) != MAGIC || !fits) {
            throw new CorruptionException(path, 0, "this is not a whole snapshot");
        }
        var header = little(HEADER_PAYLOAD_AT + length + CHECKSUM_SIZE);
        file.read(header, 0);
        int checksumAt = HEADER_PAYLOAD_AT + length;
        if (Checksum.of(header, checksumAt) != header.getInt(checksumAt)) {
            throw new CorruptionException(path, 0, "the header of the snapshot is damaged");
        }
        if (header.getInt(VERSION_AT) != VERSION) {
            throw new UnsupportedFormatException(path, header.getInt(VERSION_AT), VERSION);
        }
        try {
            return SnapshotHeader.parseFrom(header.slice(HEADER_PAYLOAD_AT, length));
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptionException(path, HEADER_PAYLOAD_AT, "the header of the snapshot is damaged");
        }
    }

    static SnapshotDescriptor descriptor(Snapshot snapshot) throws IOException {
        return SnapshotDescriptor.parseFrom(snapshot.getData());
    }

    /** Adds the bytes of a file from its beginning to the checksum. */
    static void update(CRC32C crc, DiskFile file, long length) throws IOException {
        update(crc, file, length, EndCheck.NONE);
    }

    private static void update(CRC32C crc, DiskFile file, long length, EndCheck end) throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER_SIZE_BYTES);
        for (long at = 0; at < length; ) {
            end.checkNotEnded();
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - at));
            int count = file.read(buffer, at);
            if (count == 0) {
                throw new IOException("the file ends at " + at + " instead of " + length);
            }
            crc.update(buffer.flip());
            at += count;
        }
    }

    static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Checks length and checksum of the whole file, and that it is the one described. */
    static void verify(DiskFile file, Path path, Snapshot expected) throws IOException {
        verify(file, path, expected, EndCheck.NONE);
    }

    static void verify(DiskFile file, Path path, Snapshot expected, EndCheck end) throws IOException {
        var descriptor = descriptor(expected);
        long length = file.size();
        if (length != descriptor.getLength()) {
            throw new CorruptionException(
                    path,
                    Math.min(length, descriptor.getLength()),
                    "the snapshot has " + length + " bytes, and had " + descriptor.getLength());
        }
        var actual = describe(file, path);
        var crc = new CRC32C();
        update(crc, file, length - CHECKSUM_SIZE, end);
        boolean whole = (int) crc.getValue() == descriptor.getCrc32C() && sameFile(actual, expected);
        if (!whole) {
            throw new CorruptionException(path, 0, "the snapshot is damaged: its checksum does not match");
        }
    }

    /** Whether both name the same file at the same entry. The configuration in them may be encoded differently. */
    static boolean sameFile(Snapshot one, Snapshot other) throws IOException {
        return descriptor(one).equals(descriptor(other))
                && one.getMetadata().getIndex() == other.getMetadata().getIndex()
                && one.getMetadata().getTerm() == other.getMetadata().getTerm();
    }
}
