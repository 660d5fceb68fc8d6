package io.raftboot.replica.machine;

import io.raftboot.api.SnapshotWriter;
import java.io.IOException;
import java.io.InputStream;

/** What one section of a snapshot is to hold: how it is written, and how what was written is read back. Used once. */
public interface CapturedSection extends SnapshotWriter {
    /**
     * Reads back what {@link #writeTo} wrote. Keeps nothing of it.
     *
     * @throws IOException if a restore of it would not give what was captured; as with any other exception or Error
     */
    void verify(InputStream written) throws IOException;

    /** Whose it is, in words. */
    String owner();

    /** Whether it may be interrupted: not what reads a database, whose files an interrupt would close. */
    boolean isInterruptible();
}
