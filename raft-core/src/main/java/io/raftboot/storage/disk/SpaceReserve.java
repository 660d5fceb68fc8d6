package io.raftboot.storage.disk;

import io.raftboot.notice.QuietLogger;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;

/**
 * Room that is kept for what has to go on when the disk is full: elections, changes of the configuration, and a snapshot,
 * which shortens the log. A file of zeros, deleted when that room is needed. Safe for use by several threads.
 */
public final class SpaceReserve {
    static final String NAME = "reserve";

    private final Logger log = QuietLogger.of(SpaceReserve.class);
    private static final long FORCE_INTERVAL_BYTES = 4 * 1024 * 1024;

    private final Disk disk;
    private final Path file;
    private long sizeBytes;

    private SpaceReserve(Disk disk, Path file, long sizeBytes) {
        this.disk = disk;
        this.file = file;
        this.sizeBytes = sizeBytes;
    }

    public static SpaceReserve open(Disk disk, Path directory) throws IOException {
        var file = directory.resolve(NAME);
        if (!disk.exists(file)) {
            return new SpaceReserve(disk, file, 0);
        }
        try (var reserve = disk.open(file)) {
            return new SpaceReserve(disk, file, reserve.size());
        }
    }

    public synchronized long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Makes the reserve at least so large.
     *
     * @throws IOException if there is no room for it, or the disk fails; the reserve is what it was before
     */
    public synchronized void keep(long wantedBytes) throws IOException {
        if (wantedBytes <= sizeBytes) {
            return;
        }
        try (var reserve = disk.exists(file) ? disk.open(file) : disk.create(file)) {
            try {
                for (long at = sizeBytes; at < wantedBytes; at += FORCE_INTERVAL_BYTES) {
                    reserve.writeZeros(at, Math.min(FORCE_INTERVAL_BYTES, wantedBytes - at));
                    reserve.force();
                }
            } catch (IOException e) {
                reserve.truncate(sizeBytes);
                throw e;
            }
        }
        sizeBytes = wantedBytes;
    }

    /**
     * Gives the room away.
     *
     * @return whether there was any
     */
    public synchronized boolean release() throws IOException {
        if (sizeBytes == 0) {
            return false;
        }
        disk.delete(file);
        log.warn("Gave up {}, {} bytes that were kept for a full disk", file, sizeBytes);
        sizeBytes = 0;
        return true;
    }
}
