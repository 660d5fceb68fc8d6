package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk that hands everything on to another one, for tests that want to see or change some of it. Both kinds of opening a file
 * go through {@link #opened}, where a test may put a {@link ForwardingFile} of its own around it.
 */
public abstract class ForwardingDisk implements Disk {
    private final Disk disk;

    protected ForwardingDisk(Disk disk) {
        this.disk = disk;
    }

    /** A file that was created or opened, as the caller gets it. */
    protected DiskFile opened(Path path, DiskFile file) {
        return file;
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return opened(file, disk.create(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return opened(file, disk.open(file));
    }

    @Override
    public boolean exists(Path file) throws IOException {
        return disk.exists(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public Space space(Path directory) throws IOException {
        return disk.space(directory);
    }

    @Override
    public DiskLock lock(Path file, String holder) throws IOException {
        return disk.lock(file, holder);
    }

    @Override
    public @Nullable String lockHolder(Path file) throws IOException {
        return disk.lockHolder(file);
    }

    /** A file that hands everything on to another one. */
    public abstract static class ForwardingFile implements DiskFile {
        private final DiskFile file;

        protected ForwardingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            file.writeZeros(position, lengthBytes);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            file.truncate(sizeBytes);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
