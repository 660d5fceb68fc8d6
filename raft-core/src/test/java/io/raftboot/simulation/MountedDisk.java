package io.raftboot.simulation;

import io.raftboot.simulation.DiskFaults.Death;
import io.raftboot.simulation.SimulatedDisk.Inode;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.DiskLock;
import io.raftboot.storage.disk.DiskLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SimulatedDisk} as one process sees it: whatever is still called of it when that is dead throws, and does nothing. Here
 * comes to the process what is wrong with the disk.
 */
final class MountedDisk implements Disk {
    static final String NO_SPACE = "No space left on device";

    private final SimulatedDisk disk;
    private final DiskFaults faults;
    private final Map<Path, String> locks = new TreeMap<>();
    private @Nullable SimulatedHost host;
    private boolean ended;

    /** What is done to a disk. */
    private interface Work<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** What is left of it where only a part of it was done. */
    private interface Part {
        /** For what is done as a whole or not at all. */
        Part NONE = whole -> {};

        /** @param failed whether the operation fails, and whoever asked is told; if not, its process dies */
        void run(boolean failed);
    }

    MountedDisk(SimulatedDisk disk, DiskFaults faults) {
        this.disk = disk;
        this.faults = faults;
    }

    void of(SimulatedHost process) {
        host = process;
    }

    void end() {
        ended = true;
    }

    private void checkAlive() throws IOException {
        var process = host;
        if (process != null && process.isAtWork()) {
            process.checkAlive();
        }
        if (ended) {
            throw new IOException("the process that had this disk open is dead");
        }
    }

    /** Does something to the disk, unless something comes between. */
    private <T extends @Nullable Object> T operate(DiskOperation kind, Path path, Work<T> work, Part part)
            throws IOException {
        checkAlive();
        if (kind.changes()) {
            faults.count();
            note(kind, path);
        }
        if (faults.areNone()) {
            return work.run();
        }
        var death = kind.changes() ? faults.death() : null;
        takeTime(kind.changes() ? faults.pauseNanos() : 0);
        if (death != null && death.point() == DeathPoint.BEFORE) {
            throw die(death);
        }
        if (faults.fails(kind)) {
            part.run(true);
            throw new DiskFault(kind.text() + " of " + path + " failed: Input/output error");
        }
        if (death != null && death.point() == DeathPoint.MIDST) {
            part.run(false);
            throw die(death);
        }
        var result = work.run();
        if (death != null) {
            throw die(death);
        }
        return result;
    }

    private void note(DiskOperation kind, Path path) {
        var process = host;
        if (process != null) {
            process.simulation().note(process.name(), kind.text() + " " + path);
        }
    }

    private void takeTime(long pauseNanos) throws IOException {
        var process = host;
        if (process == null) {
            return;
        }
        long nanos = faults.drawNanos();
        if (nanos > 0) {
            process.takeDiskTime(() -> process.sleep(nanos));
        }
        if (faults.hangs()) {
            process.takeDiskTime(() -> faults.standIn(process));
        }
        if (pauseNanos > 0) {
            process.takeDiskTime(() -> process.standStill(pauseNanos));
        }
        checkAlive();
    }

    private ProcessDeath die(Death death) {
        var process = host;
        if (process != null) {
            process.crash();
        }
        disk.crash(death.fate(), faults.random());
        return new ProcessDeath("the process that had this disk open");
    }

    private Inode existing(Path file) throws IOException {
        var inode = disk.inode(normal(file));
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return inode;
    }

    private static Path normal(Path path) {
        return path.toAbsolutePath().normalize();
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return operate(
                DiskOperation.CREATE,
                file,
                () -> {
                    var path = normal(file);
                    if (disk.inode(path) != null) {
                        throw new FileAlreadyExistsException(file.toString());
                    }
                    checkDirectoryOf(path);
                    return new MountedFile(file, disk.create(path));
                },
                Part.NONE);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return operate(DiskOperation.OPEN, file, () -> new MountedFile(file, existing(file)), Part.NONE);
    }

    @Override
    public boolean exists(Path file) throws IOException {
        checkAlive();
        return disk.inode(normal(file)) != null || disk.isDirectory(normal(file));
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        checkAlive();
        return disk.list(normal(directory));
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        checkAlive();
        disk.createDirectories(normal(directory));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        run(DiskOperation.RENAME, from, () -> {
            var inode = existing(from);
            checkDirectoryOf(normal(to));
            disk.rename(normal(from), normal(to), inode);
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        checkAlive();
        if (disk.inode(normal(file)) != null) {
            run(DiskOperation.DELETE, file, () -> disk.delete(normal(file)));
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        run(DiskOperation.FORCE_DIRECTORY, directory, () -> disk.forceDirectory(normal(directory)));
    }

    /** What may be done to a disk, and says nothing. */
    private interface Change {
        void run() throws IOException;
    }

    private void run(DiskOperation kind, Path path, Change change) throws IOException {
        run(kind, path, change, Part.NONE);
    }

    private void run(DiskOperation kind, Path path, Change change, Part part) throws IOException {
        var unused = operate(
                kind,
                path,
                () -> {
                    change.run();
                    return Boolean.TRUE;
                },
                part);
    }

    @Override
    public Space space(Path directory) throws IOException {
        checkAlive();
        long free = faults.freeBytes();
        return free == Long.MAX_VALUE ? Space.UNLIMITED : new Space(free, DiskFaults.TOTAL_BYTES);
    }

    @Override
    public DiskLock lock(Path file, String holder) throws IOException {
        checkAlive();
        var path = normal(file);
        var other = locks.putIfAbsent(path, holder);
        if (other != null) {
            throw new DiskLockedException(file, other);
        }
        return () -> locks.remove(path);
    }

    @Override
    public @Nullable String lockHolder(Path file) {
        return locks.get(normal(file));
    }

    private void checkDirectoryOf(Path path) throws NoSuchFileException {
        var parent = path.getParent();
        if (parent != null && !disk.isDirectory(parent)) {
            throw new NoSuchFileException(parent.toString());
        }
    }

    private final class MountedFile implements DiskFile {
        private final Path path;
        private final Inode inode;
        private boolean closed;

        MountedFile(Path path, Inode inode) {
            this.path = path;
            this.inode = inode;
            inode.open();
        }

        private void checkOpen() throws IOException {
            if (closed) {
                checkAlive();
                throw new ClosedChannelException();
            }
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            checkOpen();
            return operate(DiskOperation.READ, path, () -> inode.read(target, position), Part.NONE);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            var copy = ByteBuffer.allocate(source.remaining())
                    .put(source.duplicate())
                    .flip();
            grow(new DiskChange.Write(copy, position), position, copy.limit());
            source.position(source.limit());
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            grow(new DiskChange.Zeros(position, lengthBytes), position, lengthBytes);
        }

        /** Writes as much as there is room for. */
        private void grow(DiskChange change, long position, long length) throws IOException {
            checkOpen();
            run(
                    DiskOperation.WRITE,
                    path,
                    () -> {
                        long free = faults.freeBytes();
                        if (free < position + length - inode.size()) {
                            disk.change(inode, change.first(Math.max(0, inode.size() + free - position)));
                            faults.fire("full");
                            throw new IOException("write of " + path + " failed: " + NO_SPACE);
                        }
                        disk.change(inode, change);
                    },
                    failed -> disk.change(inode, change.first(faults.random().nextLong(length + 1))));
        }

        @Override
        public void force() throws IOException {
            checkOpen();
            run(DiskOperation.FORCE, path, this::forceNow, failed -> {
                if (failed) {
                    disk.failForce(inode, faults.random());
                } else {
                    disk.forceInPart(inode, faults.random());
                }
            });
        }

        private void forceNow() {
            if (!faults.lies()) {
                disk.force(inode);
            }
        }

        @Override
        public long size() throws IOException {
            checkOpen();
            checkAlive();
            return inode.size();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            checkOpen();
            run(DiskOperation.TRUNCATE, path, () -> disk.change(inode, new DiskChange.Truncation(sizeBytes)));
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                if (!ended) {
                    inode.close();
                }
            }
        }
    }
}
