package io.raftboot.faults;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.DiskLock;
import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The real disk, whose forces do nothing once that is asked for: the planted defect that the loss of power must show. */
final class UnforcedDisk implements Disk {
    private final Disk real = new RealDisk();
    private volatile boolean forcing = true;

    void stopForcing() {
        forcing = false;
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new UnforcedFile(real.create(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new UnforcedFile(real.open(file));
    }

    @Override
    public boolean exists(Path file) throws IOException {
        return real.exists(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        real.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        real.delete(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (forcing) {
            real.forceDirectory(directory);
        }
    }

    @Override
    public Space space(Path directory) throws IOException {
        return real.space(directory);
    }

    @Override
    public DiskLock lock(Path file, String holder) throws IOException {
        return real.lock(file, holder);
    }

    @Override
    public @Nullable String lockHolder(Path file) throws IOException {
        return real.lockHolder(file);
    }

    private final class UnforcedFile implements DiskFile {
        private final DiskFile file;

        UnforcedFile(DiskFile file) {
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
            if (forcing) {
                file.force();
            }
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
