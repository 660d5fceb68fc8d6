package io.raftboot.agent;

/** Time as a replica sees it, handed in so that a test can hold it still. */
public interface Clock {
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    /** Monotonic; only differences mean anything. */
    long nanoTime();

    /** Asked once in the life of a cluster, to begin the agreed time somewhere sensible. */
    long wallMillis();
}
