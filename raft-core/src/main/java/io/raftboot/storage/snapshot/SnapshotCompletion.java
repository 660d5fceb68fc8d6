package io.raftboot.storage.snapshot;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;

/** How a snapshot that is written here is read back, and gets its name or is deleted. */
final class SnapshotCompletion implements SnapshotFile.Completion {
    private final SnapshotStore store;
    private final Disk disk;
    private final Path path;

    /** @param path where it is written, under a name that no reader looks for */
    SnapshotCompletion(SnapshotStore store, Disk disk, Path path) {
        this.store = store;
        this.disk = disk;
        this.path = path;
    }

    @Override
    public void checkNotEnded() throws InterruptedIOException {
        store.writes().checkNotEnded();
    }

    @Override
    public Snapshot commit(DiskFile file, SnapshotCheck check) throws IOException {
        Snapshot snapshot;
        try {
            file.force();
            snapshot = SnapshotFormat.describe(file, path);
            file.close();
            // Under the name that no reader looks for: a member that dies meanwhile deletes it at its next start.
            try (var written = store.openUnnamed(path, snapshot)) {
                check.check(written);
            }
            checkNotEnded();
            store.complete(path, snapshot);
        } catch (IOException | RuntimeException | Error e) {
            abortAfter(e, file);
            throw e;
        }
        store.writes().ends(this);
        return snapshot;
    }

    @Override
    public void abort(DiskFile file) throws IOException {
        try {
            try {
                file.close();
            } finally {
                disk.delete(path);
            }
        } finally {
            store.writes().ends(this);
        }
    }

    private void abortAfter(Throwable failure, DiskFile file) {
        try {
            abort(file);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
