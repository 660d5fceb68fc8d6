package io.raftboot.replica.config;

import io.raftboot.storage.disk.Disk;
import org.jspecify.annotations.Nullable;

/**
 * How much room on the disk is little. Marks that are not given follow from the size of the file system: low is a tenth
 * of it, 256 MiB at most.
 *
 * @param lowBytes below this the member does not lead if another can, and as a leader refuses commands; null for the default
 * @param highBytes from here on it is as before; null for one and a half times the low mark
 * @param stopBytes below this, and with its reserve used up, the member stops; null for a quarter of the low mark
 */
public record DiskMarks(@Nullable Long lowBytes, @Nullable Long highBytes, @Nullable Long stopBytes) {
    private static final long MAX_DEFAULT_LOW_BYTES = 256L * 1024 * 1024;
    private static final int DEFAULT_LOW_FRACTION = 10;

    public DiskMarks {
        check(lowBytes == null || lowBytes > 0, "the low mark of the disk must be larger than 0 bytes");
        check(stopBytes == null || stopBytes >= 0, "the stop mark of the disk can't be negative");
        check(
                lowBytes == null || highBytes == null || highBytes >= lowBytes,
                "the high mark of the disk must not be below the low mark");
        check(
                lowBytes == null || stopBytes == null || stopBytes < lowBytes,
                "the stop mark of the disk must be below the low mark");
    }

    /** None is given; what is put in place of one has to fit the others that are given by then, so the low mark comes first. */
    public static DiskMarks defaults() {
        return new DiskMarks(null, null, null);
    }

    public DiskMarks withLowBytes(@Nullable Long value) {
        return new DiskMarks(value, highBytes, stopBytes);
    }

    public DiskMarks withHighBytes(@Nullable Long value) {
        return new DiskMarks(lowBytes, value, stopBytes);
    }

    public DiskMarks withStopBytes(@Nullable Long value) {
        return new DiskMarks(lowBytes, highBytes, value);
    }

    /** The marks for a disk, all of them given. */
    public Resolved on(Disk.Space space) {
        long low = lowBytes == null
                ? Math.min(MAX_DEFAULT_LOW_BYTES, space.totalBytes() / DEFAULT_LOW_FRACTION)
                : lowBytes;
        return new Resolved(
                low,
                highBytes == null ? low + low / 2 : Math.max(low, highBytes),
                stopBytes == null ? low / 4 : Math.min(low, stopBytes));
    }

    /** The marks of one file system: none is left to follow from anything. */
    public record Resolved(long lowBytes, long highBytes, long stopBytes) {}

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
