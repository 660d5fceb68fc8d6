package io.raftboot.storage.log;

import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.storage.disk.BytesDisk;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.ForcedSlots;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A log that is opened: one segment, read from its beginning to what is behind its end. */
public final class SegmentTarget implements FuzzTarget {
    private static final Path DIRECTORY = Path.of("/log");
    private static final int MOST_ENTRIES = 4096;
    private static final int OBJECTS_TO_BYTES = 200;
    private static final int FIXED_BYTES = 48 * 1024;

    /** A note that nothing was forced yet, so that it names no batch. */
    private final byte[] forced = forced();

    private record Opened(RecoveredLog log) {}

    @Override
    public String name() {
        return "segment";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        return LogImages.batches().stream().map(LogImages::segment).toList();
    }

    private static byte[] forced() {
        var disk = new MemoryDisk();
        try {
            disk.createDirectories(DIRECTORY);
            try (var slots = ForcedSlots.create(disk, DIRECTORY)) {
                slots.writeBoth(new ForcedSlots.Note(0, 0, 0, 0));
            }
            try (var file = disk.open(DIRECTORY.resolve(ForcedSlots.NAME))) {
                var bytes = ByteBuffer.allocate((int) file.size());
                file.read(bytes, 0);
                return bytes.array();
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail to be read", e);
        }
    }

    @Override
    public Opened decode(byte[] input) throws Exception {
        var disk = new BytesDisk(Map.of(Segment.name(1), input, ForcedSlots.NAME, forced));
        return new Opened(LogRecovery.scan(disk, DIRECTORY).log());
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof CorruptionException || thrown instanceof UnsupportedFormatException;
    }

    /** What was read says of each entry which term it has, without a gap. */
    @Override
    public void check(Object decoded) {
        var log = ((Opened) decoded).log();
        long base = log.terms.base().index();
        long term = log.terms.base().term();
        // No log of this size has more.
        for (long index = base + 1; index <= Math.min(log.terms.lastIndex(), base + MOST_ENTRIES); index++) {
            if (log.terms.term(index) < term) {
                throw new IllegalStateException("the terms fall at " + index);
            }
            term = log.terms.term(index);
        }
        long marker = log.marker.getMetadata().getIndex();
        if (marker < base || marker > log.terms.lastIndex() || log.hardState.getCommit() > log.terms.lastIndex()) {
            throw new IllegalStateException("the log does not fit what it says of itself");
        }
    }

    @Override
    public String describe(Object decoded) {
        var log = ((Opened) decoded).log();
        return "batches " + Math.min(log.sequence, 5) + ", entries "
                + Math.min(log.terms.lastIndex() - log.terms.base().index(), 8) + ", marker "
                + log.marker.hasMetadata();
    }

    @Override
    public byte[] repair(byte[] input) {
        if (input.length <= Segment.HEADER_SIZE) {
            return input;
        }
        byte[] batches = Arrays.copyOfRange(input, Segment.HEADER_SIZE, input.length);
        return LogImages.segment(LogImages.repaired(batches));
    }

    @Override
    public int costs() {
        return 4;
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
