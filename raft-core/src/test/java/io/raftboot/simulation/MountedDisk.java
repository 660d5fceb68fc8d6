package io.raftboot.simulation;

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

/** A {@link SimulatedDisk} as one process sees it: whatever is still called of it when that is dead throws, and does nothing. */
final class MountedDisk implements Disk {
    private final SimulatedDisk disk;
    private final Map<Path, String> locks = new TreeMap<>();
    private boolean ended;

    MountedDisk(SimulatedDisk disk) {
        this.disk = disk;
    }

    void end() {
        ended = true;
    }

    private void checkAlive() throws IOException {
        if (ended) {
            throw new IOException("the process that had this disk open is dead");
        }
    }

    private Inode existing(Path file) throws IOException {
        checkAlive();
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
        checkAlive();
        var path = normal(file);
        if (disk.inode(path) != null) {
            throw new FileAlreadyExistsException(file.toString());
        }
        checkDirectoryOf(path);
        return new MountedFile(disk.create(path));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new MountedFile(existing(file));
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
        var inode = existing(from);
        checkDirectoryOf(normal(to));
        disk.rename(normal(from), normal(to), inode);
    }

    @Override
    public void delete(Path file) throws IOException {
        checkAlive();
        if (disk.inode(normal(file)) != null) {
            disk.delete(normal(file));
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        checkAlive();
        disk.forceDirectory(normal(directory));
    }

    @Override
    public Space space(Path directory) {
        return Space.UNLIMITED;
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
        private final Inode inode;
        private boolean closed;

        MountedFile(Inode inode) {
            this.inode = inode;
        }

        private Inode usable() throws IOException {
            checkAlive();
            if (closed) {
                throw new ClosedChannelException();
            }
            return inode;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return usable().seen().read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            var copy = ByteBuffer.allocate(source.remaining()).put(source).flip();
            disk.change(usable(), new DiskChange.Write(copy, position));
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            disk.change(usable(), new DiskChange.Zeros(position, lengthBytes));
        }

        @Override
        public void force() throws IOException {
            disk.force(usable());
        }

        @Override
        public long size() throws IOException {
            return usable().seen().size();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            disk.change(usable(), new DiskChange.Truncation(sizeBytes));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
