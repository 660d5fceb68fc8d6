package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file that says how far the log was forced, so that an acknowledged last batch which is damaged later does not pass
 * for a torn one. Written after each force, two slots in turn, without a force of its own: it costs a copy into the page
 * cache. After the death of the process it is up to date; after a power loss it may say less than was forced, never more.
 */
public final class ForcedSlots implements AutoCloseable {
    public static final String NAME = "forced";

    private static final int MAGIC = 0x3146_4252; // "RBF1"
    static final int VERSION = 1;

    /** The slots lie in different blocks of the file system, so that a torn block costs one of them. */
    public static final int SLOT_DISTANCE = 4096;

    private static final int VERSION_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int SEGMENT_AT = 16;
    private static final int END_OFFSET_AT = 24;
    private static final int BATCH_CHECKSUM_AT = 32;
    private static final int CHECKSUM_AT = 36;
    public static final int SLOT_SIZE = 40;

    private final DiskFile file;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    private ForcedSlots(DiskFile file) {
        this.file = file;
    }

    /** Creates the file; it says nothing until the first note. */
    public static ForcedSlots create(Disk disk, Path directory) throws IOException {
        var path = directory.resolve(NAME);
        disk.delete(path);
        var file = disk.create(path);
        file.writeZeros(0, 2L * SLOT_DISTANCE);
        return new ForcedSlots(file);
    }

    public static ForcedSlots open(Disk disk, Path directory) throws IOException {
        return new ForcedSlots(disk.open(directory.resolve(NAME)));
    }

    /**
     * What was noted last.
     *
     * @throws CorruptionException if there is no whole slot
     */
    public static Note read(Disk disk, Path directory) throws IOException {
        var path = directory.resolve(NAME);
        try (var file = disk.open(path)) {
            Note newest = null;
            for (int i = 0; i < 2; i++) {
                var note = read(file, path, i);
                if (note != null && (newest == null || note.sequence() > newest.sequence())) {
                    newest = note;
                }
            }
            if (newest == null) {
                throw new CorruptionException(path, 0, "neither slot says how far the log was forced");
            }
            return newest;
        } catch (NoSuchFileException e) {
            throw new CorruptionException(path, 0, "the file that says how far the log was forced is missing");
        }
    }

    private static @Nullable Note read(DiskFile file, Path path, int number) throws IOException {
        var slot = ByteBuffer.allocate(SLOT_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        file.read(slot, (long) number * SLOT_DISTANCE);
        if (slot.hasRemaining()
                || slot.getInt(0) != MAGIC
                || slot.getInt(CHECKSUM_AT) != Checksum.of(slot, CHECKSUM_AT)) {
            return null;
        }
        if (slot.getInt(VERSION_AT) != VERSION) {
            throw new UnsupportedFormatException(path, slot.getInt(VERSION_AT), VERSION);
        }
        return new Note(
                slot.getLong(SEQUENCE_AT),
                slot.getLong(SEGMENT_AT),
                slot.getLong(END_OFFSET_AT),
                slot.getInt(BATCH_CHECKSUM_AT));
    }

    /** Notes that a batch was forced. The number of the batch decides about the slot, so they take turns. */
    public void write(Note note) throws IOException {
        write(note, (int) (note.sequence() & 1));
    }

    /** Notes it in both slots and forces them. */
    public void writeBoth(Note note) throws IOException {
        write(note, 0);
        write(note, 1);
        file.force();
    }

    public void force() throws IOException {
        file.force();
    }

    private void write(Note note, int number) throws IOException {
        slot.clear();
        slot.putInt(0, MAGIC);
        slot.putInt(VERSION_AT, VERSION);
        slot.putLong(SEQUENCE_AT, note.sequence());
        slot.putLong(SEGMENT_AT, note.segment());
        slot.putLong(END_OFFSET_AT, note.endOffset());
        slot.putInt(BATCH_CHECKSUM_AT, note.batchChecksum());
        crc.reset();
        crc.update(slot.limit(CHECKSUM_AT));
        slot.clear();
        slot.putInt(CHECKSUM_AT, (int) crc.getValue());
        file.write(slot, (long) number * SLOT_DISTANCE);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The last batch that was forced, and where it ends. */
    public record Note(long sequence, long segment, long endOffset, int batchChecksum) {}
}
