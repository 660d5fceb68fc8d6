package io.raftboot.storage.snapshot;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that is being sent, and is not deleted before this is closed. For one thread, which is another one from some time on
 * if it is handed over. The file is opened by the first read: whoever decides what is sent never waits for the disk.
 */
public final class SnapshotPin implements AutoCloseable {
    private final Runnable unpin;
    private final Disk disk;
    private final Path path;
    private final long length;
    private @Nullable DiskFile file;
    private boolean closed;

    SnapshotPin(Runnable unpin, Disk disk, Path path, long length) {
        this.unpin = unpin;
        this.disk = disk;
        this.path = path;
        this.length = length;
    }

    /** Length in bytes, as it was when the snapshot was made. */
    public long length() {
        return length;
    }

    /**
     * Fills the target from an offset on; returns how many bytes there were, 0 at the end of the file.
     *
     * @throws IOException also if the file is gone, or the pin is closed
     */
    public int read(long offset, ByteBuffer target) throws IOException {
        if (closed) {
            throw new IOException("the snapshot is not being sent any more: " + path);
        }
        var opened = file;
        if (opened == null) {
            opened = disk.open(path);
            file = opened;
        }
        return opened.read(target, offset);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            unpin.run();
            if (file != null) {
                file.close();
            }
        }
    }
}
