package io.raftboot.simulation;

import io.raftboot.simulation.SimulatedDisk.Fate;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** What was done to the bytes of a file. */
sealed interface DiskChange {
    /** What a device writes as a whole, or not at all. */
    int SECTOR_BYTES = 512;

    void apply(FileBytes file);

    /** The first part of it, which is all that was done of it when its process died or the disk was full. */
    DiskChange first(long bytes);

    /** It was not forced when its process, or the machine, died. */
    default void survive(Fate fate, RandomGenerator random, FileBytes file) {
        if (fate == Fate.KEPT || (fate == Fate.TORN && random.nextBoolean())) {
            apply(file);
        }
    }

    /** Bytes at a position. Nobody changes the buffer. */
    record Write(ByteBuffer bytes, long position) implements DiskChange {
        @Override
        public Write first(long count) {
            return new Write(bytes.slice(0, (int) Math.min(count, bytes.limit())), position);
        }

        @Override
        public void apply(FileBytes file) {
            file.write(bytes.duplicate(), position);
        }

        @Override
        public void survive(Fate fate, RandomGenerator random, FileBytes file) {
            if (fate != Fate.TORN) {
                DiskChange.super.survive(fate, random, file);
                return;
            }
            for (int at = 0; at < bytes.limit(); at += SECTOR_BYTES) {
                if (random.nextBoolean()) {
                    int length = Math.min(SECTOR_BYTES, bytes.limit() - at);
                    file.write(bytes.slice(at, length), position + at);
                }
            }
        }
    }

    /** Zeros at a position. */
    record Zeros(long position, long length) implements DiskChange {
        @Override
        public Zeros first(long count) {
            return new Zeros(position, Math.min(count, length));
        }

        @Override
        public void apply(FileBytes file) {
            file.writeZeros(position, length);
        }
    }

    /** The end of the file moves forward. */
    record Truncation(long size) implements DiskChange {
        @Override
        public Truncation first(long count) {
            return this;
        }

        @Override
        public void apply(FileBytes file) {
            file.truncate(size);
        }
    }
}
