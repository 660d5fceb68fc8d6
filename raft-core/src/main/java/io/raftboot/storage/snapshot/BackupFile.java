package io.raftboot.storage.snapshot;

import io.raftboot.storage.Ancestor;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.UnsupportedFormatException;
import io.raftboot.storage.proto.BackupHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A backup that was verified as a whole, to be read by tools. For one thread. */
public final class BackupFile implements AutoCloseable {
    private final BackupHeader header;
    private final SnapshotFile.Reader contents;

    private BackupFile(BackupHeader header, SnapshotFile.Reader contents) {
        this.header = header;
        this.contents = contents;
    }

    /** Whether a file begins as a backup does; false also for one that is shorter than that. */
    public static boolean isBackup(Disk disk, Path path) throws IOException {
        try (var file = disk.open(path)) {
            return BackupFormat.isBackup(file);
        }
    }

    /**
     * Opens a backup after all of it was verified, which takes as long as reading it.
     *
     * @throws CorruptionException if a byte of it is not what was written, if it was cut, or if it is no backup
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    public static BackupFile open(Disk disk, Path path) throws IOException {
        var file = disk.open(path);
        try {
            var beginning = BackupFormat.read(file, path);
            checkLength(file, path, beginning);
            var part = new FilePart(file, beginning.snapshotAt());
            return new BackupFile(
                    beginning.header(),
                    new SnapshotFile.Reader(part, path, beginning.header().getSnapshot()));
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static void checkLength(DiskFile file, Path path, BackupFormat.Beginning beginning) throws IOException {
        long expected = beginning.snapshotAt()
                + SnapshotFormat.descriptor(beginning.header().getSnapshot()).getLength();
        long length = file.size();
        if (length != expected) {
            throw new CorruptionException(
                    path,
                    Math.min(length, expected),
                    length < expected
                            ? "the backup was cut: it has " + length + " bytes, and had " + expected
                            : "the backup has " + length + " bytes, and " + expected
                                    + " were written: something was appended to it");
        }
    }

    public String clusterName() {
        return header.getClusterName();
    }

    public String group() {
        return header.getGroup();
    }

    /** The cluster that the backup is of. */
    public long clusterId() {
        return header.getClusterId();
    }

    /** The member that made it. */
    public long nodeId() {
        return header.getNodeId();
    }

    public Instant takenAt() {
        return Instant.ofEpochMilli(header.getTakenAtMillis());
    }

    /** The clusters from which the backup's was begun, the oldest first. */
    public List<Ancestor> ancestors() {
        return header.getAncestorsList().stream()
                .map(ancestor ->
                        new Ancestor(ancestor.getClusterId(), ancestor.getSharedIndex(), ancestor.getForkIndex()))
                .toList();
    }

    /** The state, and where in the log it is; closed with this. */
    public SnapshotFile.Reader contents() {
        return contents;
    }

    /** CRC-32C of the state, as its member said it when the backup was taken. */
    public int checksum() throws IOException {
        return SnapshotFormat.descriptor(header.getSnapshot()).getCrc32C();
    }

    @Override
    public void close() throws IOException {
        contents.close();
    }
}
