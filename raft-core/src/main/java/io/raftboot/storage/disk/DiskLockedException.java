package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/** Someone else holds the lock. */
public final class DiskLockedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String holder;

    public DiskLockedException(Path file, String holder) {
        super(file + " is locked by " + holder);
        this.holder = holder;
    }

    /** What the holder wrote into the file; "unknown" if that could not be read. */
    public String holder() {
        return holder;
    }
}
