package io.raftboot.simulation;

import java.util.Locale;

/** What is asked of a disk. */
public enum DiskOperation {
    READ,
    OPEN,
    CREATE,
    WRITE,
    TRUNCATE,
    FORCE,
    RENAME,
    DELETE,
    FORCE_DIRECTORY;

    /** Whether it changes what is on the disk, or what will be there after a crash. */
    boolean changes() {
        return this != READ && this != OPEN;
    }

    /** As in "force of /data/1/log/1.wal failed". */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
