package io.raftboot.benchmarks.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What load is put on: something that stores a value under a key, durably and replicated, before it says so. */
public interface PutTarget {
    /** Length of the key that every command begins with; the value is the rest. */
    int KEY_SIZE_BYTES = Long.BYTES;

    /**
     * What is to be written. Nobody changes it.
     *
     * @param value as bytes
     * @param text the same as a caller has it who thinks in text
     */
    @SuppressWarnings("ArrayRecordComponent") // lives as long as the write, never compared
    record Put(long key, byte[] value, String text) {
        /** Key and value, new each time. */
        public byte[] command() {
            return ByteBuffer.allocate(KEY_SIZE_BYTES + value.length)
                    .putLong(key)
                    .put(value)
                    .array();
        }
    }

    /**
     * Begins one write. Called from any thread, by the listener's own call too.
     */
    void put(Put put, Listener listener);

    /** Told once how a write ended. */
    @FunctionalInterface
    interface Listener {
        /**
         * The write has ended.
         *
         * @param failure null if it was acknowledged, else what came instead
         */
        void done(@Nullable String failure);
    }
}
