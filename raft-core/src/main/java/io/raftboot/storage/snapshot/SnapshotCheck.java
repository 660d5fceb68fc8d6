package io.raftboot.storage.snapshot;

import java.io.IOException;

/**
 * Looks at a snapshot that is durable and has no name yet, so that nobody relies on it. Its checksum was verified by then; what
 * is in it is known to whoever wrote it, or is to restore it.
 */
@FunctionalInterface
public interface SnapshotCheck {
    /** What the checksum says is enough. */
    SnapshotCheck CHECKSUM_ALONE = file -> {};

    /**
     * Reads the sections as streams.
     *
     * @param file closed by the caller; once the member ends, its streams throw {@link java.io.InterruptedIOException}
     * @throws IOException if the snapshot is not to be used; as with any other exception or Error
     */
    void check(SnapshotFile.Reader file) throws IOException;
}
