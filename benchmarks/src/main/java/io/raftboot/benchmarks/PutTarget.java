package io.raftboot.benchmarks;

import org.jspecify.annotations.Nullable;

/** What load is put on: something that stores a value under a key, durably and replicated, before it says so. */
interface PutTarget {
    /** Length of the key that every command begins with; the value is the rest. */
    int KEY_SIZE_BYTES = Long.BYTES;

    /**
     * Begins one write. Called from any thread, by the listener's own call too.
     *
     * @param command key and value; not changed by the caller afterwards
     */
    void put(byte[] command, Listener listener);

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
