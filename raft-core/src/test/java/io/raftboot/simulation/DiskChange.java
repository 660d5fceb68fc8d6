package io.raftboot.simulation;

import io.raftboot.simulation.SimulatedDisk.Fate;
import io.raftboot.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** What was done to the bytes of a file. */
sealed interface DiskChange {
    /** What a device writes as a whole, or not at all. */
    int SECTOR_BYTES = 512;

    void apply(DiskFile file) throws IOException;

    /** It was not forced when its process, or the machine, died. */
    default void survive(Fate fate, RandomGenerator random, DiskFile file) throws IOException {
        if (fate == Fate.KEPT || (fate == Fate.TORN && random.nextBoolean())) {
            apply(file);
        }
    }

    /** Bytes at a position. Nobody changes the buffer. */
    record Write(ByteBuffer bytes, long position) implements DiskChange {
        @Override
        public void apply(DiskFile file) throws IOException {
            file.write(bytes.duplicate(), position);
        }

        @Override
        public void survive(Fate fate, RandomGenerator random, DiskFile file) throws IOException {
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
        public void apply(DiskFile file) throws IOException {
            file.writeZeros(position, length);
        }
    }

    /** The end of the file moves forward. */
    record Truncation(long size) implements DiskChange {
        @Override
        public void apply(DiskFile file) throws IOException {
            file.truncate(size);
        }
    }
}
