package io.raftboot.storage;

import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.disk.Checksum;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskLock;
import io.raftboot.storage.disk.DiskLockedException;
import io.raftboot.storage.disk.UnsupportedFormatException;
import io.raftboot.storage.proto.IdentityRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member's directory: the lock, the identity, and where log and snapshots are.
 *
 * <p>A directory comes into being when its identity is renamed to its name, which is the last step of its creation. Before
 * that the file {@code identity.new} says that a creation is under way, and whatever else is there is begun anew: nobody
 * can have voted yet.
 */
final class DataDirectory implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String IDENTITY = "identity";
    private static final String IDENTITY_OF_CREATION = "identity.new";
    private static final String IDENTITY_OF_UPDATE = "identity.tmp";

    private static final long MAGIC = 0x5954_4E45_4449_4252L; // "RBIDENTY"
    private static final int VERSION_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int PAYLOAD_AT = 16;
    private static final int CHECKSUM_SIZE = 4;

    /** Far more than names and peers can take; a file beyond it is not an identity. */
    private static final int MAX_SIZE_BYTES = 1024 * 1024;

    private final Disk disk;
    private final Path path;
    private final @Nullable DiskLock lock;

    private DataDirectory(Disk disk, Path path, @Nullable DiskLock lock) {
        this.disk = disk;
        this.path = path;
        this.lock = lock;
    }

    /** Refuses a directory that is in use, and changes nothing. */
    static void checkUnlocked(Disk disk, Path path) throws IOException, StorageOpenException {
        var holder = disk.lockHolder(path.resolve(LOCK));
        if (holder != null) {
            throw locked(path, new DiskLockedException(path.resolve(LOCK), holder));
        }
    }

    /** As {@link OfflineDirectory#checkUnused}. */
    static void checkUnused(Disk disk, Path path) throws IOException, StorageOpenException {
        checkUnlocked(disk, path);
        var names = disk.list(path);
        if (names.contains(IDENTITY)) {
            throw new StorageOpenException(
                    Problem.OTHER_NODE, path + " is the data directory of a member already; name a new one");
        }
        boolean begun = names.contains(IDENTITY_OF_CREATION) || names.equals(List.of(LOCK));
        if (!names.isEmpty() && !begun) {
            throw new StorageOpenException(
                    Problem.OTHER_NODE,
                    path + " is not empty, it has " + names
                            + "; name a directory that does not exist yet, or is empty");
        }
    }

    /** Creates the directory if it is missing, and locks it. */
    static DataDirectory lock(Disk disk, Path path) throws IOException, StorageOpenException {
        disk.createDirectories(path);
        try {
            return new DataDirectory(disk, path, disk.lock(path.resolve(LOCK), thisProcess()));
        } catch (DiskLockedException e) {
            throw locked(path, e);
        }
    }

    /** Opens it for reading only, if nobody has it open; without a lock, because that would be written. */
    static DataDirectory unlocked(Disk disk, Path path) throws IOException, StorageOpenException {
        checkUnlocked(disk, path);
        return new DataDirectory(disk, path, null);
    }

    private static String thisProcess() {
        return "process " + ProcessHandle.current().pid();
    }

    private static StorageOpenException locked(Path path, DiskLockedException e) {
        boolean here = thisProcess().equals(e.holder());
        return new StorageOpenException(
                Problem.LOCKED,
                "The data directory " + path + " is in use by "
                        + (here
                                ? e.holder() + ", this very process, in which another member has it open: another"
                                        + " application context, as of a test or of a second start. Close that one first"
                                : e.holder() + ". Stop that one")
                        + ", or give this member a directory of its own",
                e);
    }

    Path path() {
        return path;
    }

    Path log() {
        return path.resolve("wal");
    }

    Path snapshots() {
        return path.resolve("snapshots");
    }

    /**
     * The identity, or null if the directory is new or its creation was not completed.
     *
     * @throws CorruptionException if the identity is damaged, or missing although there is a log
     */
    @Nullable
    Identity identity() throws IOException {
        var file = path.resolve(IDENTITY);
        if (disk.exists(file)) {
            return read(file);
        }
        boolean underCreation = disk.exists(path.resolve(IDENTITY_OF_CREATION));
        if (!underCreation
                && !(disk.list(log()).isEmpty() && disk.list(snapshots()).isEmpty())) {
            throw new CorruptionException(
                    file, 0, "the file is missing, though there is a log. Restore it, or the whole directory");
        }
        return null;
    }

    /** Deletes what is left of a creation that was begun over this directory's identity, and never got to take it away. */
    void dropBegunCreation() throws IOException {
        var mark = path.resolve(IDENTITY_OF_CREATION);
        if (disk.exists(mark)) {
            disk.delete(mark);
            disk.forceDirectory(path);
        }
    }

    /**
     * As {@link #beginCreation}, over a directory that is there: once its identity is gone it is one whose creation was not completed.
     */
    void beginCreationAnew(Identity identity) throws IOException {
        write(identity, path.resolve(IDENTITY_OF_CREATION));
        disk.forceDirectory(path);
        disk.delete(path.resolve(IDENTITY));
        disk.forceDirectory(path);
        beginEmpty();
    }

    /** Begins to create the directory: what an earlier attempt left behind is deleted. */
    void beginCreation(Identity identity) throws IOException {
        var mark = path.resolve(IDENTITY_OF_CREATION);
        if (disk.exists(mark)) {
            // Before its mark is replaced: a log without any mark is one whose identity was lost.
            beginEmpty();
        }
        write(identity, mark);
        disk.forceDirectory(path);
        beginEmpty();
    }

    private void beginEmpty() throws IOException {
        for (var directory : new Path[] {log(), snapshots()}) {
            disk.createDirectories(directory);
            for (var name : disk.list(directory)) {
                disk.delete(directory.resolve(name));
            }
            disk.forceDirectory(directory);
        }
    }

    /** Completes the creation, durably. Everything else in the directory must be durable. */
    void completeCreation() throws IOException {
        disk.rename(path.resolve(IDENTITY_OF_CREATION), path.resolve(IDENTITY));
        disk.forceDirectory(path);
    }

    /** Replaces the identity, at once and durably. */
    void replace(Identity identity) throws IOException {
        var file = path.resolve(IDENTITY_OF_UPDATE);
        write(identity, file);
        disk.rename(file, path.resolve(IDENTITY));
        disk.forceDirectory(path);
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    private void write(Identity identity, Path file) throws IOException {
        var payload = identity.toRecord().toByteArray();
        var bytes =
                ByteBuffer.allocate(PAYLOAD_AT + payload.length + CHECKSUM_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC)
                .putInt(Identity.FORMAT_VERSION)
                .putInt(payload.length)
                .put(payload);
        bytes.putInt(Checksum.of(bytes, bytes.position())).flip();
        disk.delete(file);
        try (var target = disk.create(file)) {
            target.write(bytes, 0);
            target.force();
        }
    }

    private Identity read(Path file) throws IOException {
        var bytes = readAll(file);
        int checksumAt = bytes.limit() - CHECKSUM_SIZE;
        if (checksumAt < PAYLOAD_AT || bytes.getInt(checksumAt) != Checksum.of(bytes, checksumAt)) {
            throw new CorruptionException(file, 0, "the identity is damaged");
        }
        if (bytes.getLong(0) != MAGIC || bytes.getInt(LENGTH_AT) != checksumAt - PAYLOAD_AT) {
            throw new CorruptionException(file, 0, "this is not the identity of a member");
        }
        int version = bytes.getInt(VERSION_AT);
        if (version != Identity.FORMAT_VERSION) {
            throw new UnsupportedFormatException(file, version, Identity.FORMAT_VERSION);
        }
        return Identity.of(IdentityRecord.parseFrom(bytes.slice(PAYLOAD_AT, checksumAt - PAYLOAD_AT)), version);
    }

    private ByteBuffer readAll(Path file) throws IOException {
        try (var source = disk.open(file)) {
            long size = source.size();
            if (size > MAX_SIZE_BYTES) {
                throw new CorruptionException(file, 0, "this is not the identity of a member");
            }
            var bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
            source.read(bytes, 0);
            return bytes.flip();
        }
    }
}
