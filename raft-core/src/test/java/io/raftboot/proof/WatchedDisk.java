package io.raftboot.proof;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A disk as one process of a member has it mounted, with somebody who reads what is forced of the log. */
public final class WatchedDisk extends ForwardingDisk {
    private static final String BEGUN = "identity.new";

    private final ForcedFiles forced;

    /** @param forced of the machine, over all processes that have the disk after each other */
    public WatchedDisk(Disk disk, ForcedFiles forced) {
        super(disk);
        this.forced = forced;
        forced.mounted();
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        var created = super.create(file);
        if (file.endsWith(BEGUN)) {
            forced.begin();
        }
        forced.created(file);
        return created;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        super.rename(from, to);
        forced.renamed(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        super.delete(file);
        forced.deleted(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        super.forceDirectory(directory);
        forced.directoryForced(directory);
    }

    @Override
    protected DiskFile opened(Path path, DiskFile file) {
        return ForcedFiles.isOfLog(path) ? new LogFile(path, file) : file;
    }

    private final class LogFile extends ForwardingFile {
        private final Path path;
        private final DiskFile file;

        LogFile(Path path, DiskFile file) {
            super(file);
            this.path = path;
            this.file = file;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            forced.written(path, position);
            super.write(source, position);
        }

        @Override
        public void writeZeros(long position, long lengthBytes) throws IOException {
            super.writeZeros(position, lengthBytes);
            forced.zeroed(path, position);
        }

        @Override
        public void force() throws IOException {
            try {
                super.force();
            } catch (IOException e) {
                forced.failed();
                throw e;
            }
            forced.forced(path, file);
        }
    }
}
