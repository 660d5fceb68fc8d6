package io.raftboot.replica.snapshot;

import io.raftboot.api.Backup;
import io.raftboot.storage.proto.BackupHeader;
import io.raftboot.storage.proto.SnapshotDescriptor;
import io.raftboot.storage.snapshot.BackupFormat;
import io.raftboot.storage.snapshot.SnapshotPin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * A backup out of a snapshot file that is pinned: a header, and the file's bytes. What is read is checked on its way, because a
 * file may rot between its making and a backup, and whoever restores it would learn so too late. Owned by whoever asked for it.
 */
final class PinnedBackup implements Backup {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Checksum that the snapshot file ends with. */
    private static final int TRAILER_BYTES = 4;

    private final BackupHeader header;
    private final SnapshotDescriptor descriptor;
    private final SnapshotPin pin;
    private final byte[] beginning;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long position;

    PinnedBackup(BackupHeader header, SnapshotPin pin) throws IOException {
        this.header = header;
        this.descriptor = SnapshotDescriptor.parseFrom(header.getSnapshot().getData());
        this.pin = pin;
        this.beginning = BackupFormat.header(header);
    }

    @Override
    public String clusterName() {
        return header.getClusterName();
    }

    @Override
    public long clusterId() {
        return header.getClusterId();
    }

    @Override
    public long nodeId() {
        return header.getNodeId();
    }

    @Override
    public long index() {
        return header.getSnapshot().getMetadata().getIndex();
    }

    @Override
    public long term() {
        return header.getSnapshot().getMetadata().getTerm();
    }

    @Override
    public Instant takenAt() {
        return Instant.ofEpochMilli(header.getTakenAtMillis());
    }

    @Override
    public long length() {
        return beginning.length + descriptor.getLength();
    }

    @Override
    public String checksum() {
        return String.format(Locale.ROOT, "%08x", descriptor.getCrc32C());
    }

    @Override
    public String fileName() {
        return clusterName().replaceAll("[^A-Za-z0-9.-]", "-") + "-" + index() + "-" + TIME.format(takenAt())
                + ".raftbackup";
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (position == length()) {
            return -1;
        }
        int count = position < beginning.length ? readBeginning(target) : readFile(target);
        position += count;
        return count;
    }

    private int readBeginning(ByteBuffer target) {
        int count = (int) Math.min(target.remaining(), beginning.length - position);
        target.put(beginning, (int) position, count);
        return count;
    }

    private int readFile(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        long at = position - beginning.length;
        int begin = target.position();
        var part = target.slice();
        part.limit((int) Math.min(part.limit(), descriptor.getLength() - at));
        int count = pin.read(at, part);
        boolean whole = count > 0 && check(part.flip(), at);
        if (!whole) {
            throw new IOException("the snapshot at index " + index()
                    + " is not on the disk as it was written: it is damaged at or before byte " + (at + count)
                    + " of " + descriptor.getLength() + ". This backup is of no use; take another");
        }
        target.position(begin + count);
        return count;
    }

    /** Whether the bytes may be handed out: the last ones only when all were those that were written. */
    private boolean check(ByteBuffer bytes, long at) {
        long trailerAt = descriptor.getLength() - TRAILER_BYTES;
        int checked = (int) Math.max(0, Math.min(bytes.remaining(), trailerAt - at));
        crc.update(bytes.slice(0, checked));
        trailer.put(bytes.slice(checked, bytes.remaining() - checked));
        return trailer.hasRemaining()
                || ((int) crc.getValue() == descriptor.getCrc32C() && trailer.getInt(0) == descriptor.getCrc32C());
    }

    @Override
    public void close() throws IOException {
        pin.close();
    }
}
