package io.raftboot.storage.log;

import io.raftboot.storage.disk.Checksum;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * One file of the log, open. It is written with zeros before it is used: then appending to it changes no metadata of the
 * file system, and a force is one write to the device.
 *
 * @param number 1, 2, 3 …, also its name
 * @param salt random, in the header and in every batch: bytes from elsewhere that look like a batch don't have it
 */
public record Segment(long number, long salt, Path path, DiskFile file) implements AutoCloseable {
    static final int HEADER_SIZE = 512;
    static final int VERSION = 2;

    private static final String SUFFIX = ".wal";
    private static final String UNFINISHED_SUFFIX = ".wal.tmp";

    private static final long MAGIC = 0x4745_5345_4c41_5752L; // "RWALESEG"
    private static final int VERSION_AT = 8;
    private static final int NUMBER_AT = 16;
    private static final int SALT_AT = 24;
    private static final int CHECKSUM_AT = HEADER_SIZE - 4;

    /** How much is written under one force, so that the forces of the log are not held up by one long one. */
    private static final long FORCE_INTERVAL_BYTES = 4 * 1024 * 1024;

    public static String name(long number) {
        return String.format(Locale.ROOT, "%016d%s", number, SUFFIX);
    }

    static boolean isSegment(String name) {
        return name.matches("\\d{16}\\.wal");
    }

    public static boolean isUnfinished(String name) {
        return name.endsWith(UNFINISHED_SUFFIX);
    }

    static long number(String name) {
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    /**
     * Writes a segment without batches. It appears under its name only when all of it is durable.
     *
     * @throws CancellationException if it was cancelled; a rest may stay that the next opening of the directory deletes
     */
    static Segment create(Disk disk, Path directory, long number, long salt, long sizeBytes, BooleanSupplier cancelled)
            throws IOException {
        var unfinished = unfinished(directory, number);
        disk.delete(unfinished);
        var file = disk.create(unfinished);
        try {
            for (long at = 0; at < sizeBytes; at += FORCE_INTERVAL_BYTES) {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException("the log was closed");
                }
                file.writeZeros(at, Math.min(FORCE_INTERVAL_BYTES, sizeBytes - at));
                if (at == 0) {
                    // Over the zeros, so that these begin at a round position: see the disk.
                    file.write(header(number, salt), 0);
                }
                file.force();
            }
            disk.rename(unfinished, directory.resolve(name(number)));
            disk.forceDirectory(directory);
        } finally {
            file.close();
        }
        // By its own name, which is what a later failure has to tell.
        return open(disk, directory, number);
    }

    /** After a failed {@link #create}: gives back the room it took. */
    static void deleteUnfinished(Disk disk, Path directory, long number) throws IOException {
        disk.delete(unfinished(directory, number));
    }

    private static Path unfinished(Path directory, long number) {
        return directory.resolve(String.format(Locale.ROOT, "%016d%s", number, UNFINISHED_SUFFIX));
    }

    /**
     * Opens a segment and checks its header.
     *
     * @throws CorruptionException if that is damaged
     */
    static Segment open(Disk disk, Path directory, long number) throws IOException {
        var path = directory.resolve(name(number));
        var file = disk.open(path);
        try {
            var header = ByteBuffer.allocate(HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
            file.read(header, 0);
            if (header.hasRemaining() || header.getInt(CHECKSUM_AT) != Checksum.of(header, CHECKSUM_AT)) {
                throw new CorruptionException(path, 0, "the header of the segment is damaged");
            }
            if (header.getLong(0) != MAGIC || header.getLong(NUMBER_AT) != number) {
                throw new CorruptionException(path, 0, "this is not segment " + number + " of a log");
            }
            if (header.getInt(VERSION_AT) != VERSION) {
                throw new UnsupportedFormatException(path, header.getInt(VERSION_AT), VERSION);
            }
            return new Segment(number, header.getLong(SALT_AT), path, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static ByteBuffer header(long number, long salt) {
        var header = ByteBuffer.allocate(HEADER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, MAGIC);
        header.putInt(VERSION_AT, VERSION);
        header.putLong(NUMBER_AT, number);
        header.putLong(SALT_AT, salt);
        header.putInt(CHECKSUM_AT, Checksum.of(header, CHECKSUM_AT));
        return header;
    }
}
