package io.raftboot.simulation;

/** What was thrown on one thread, for another. */
final class Thrown {
    private Thrown() {}

    /** Throws it; returns nothing, but lets the caller say that it does not go on. */
    static RuntimeException again(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        throw new IllegalStateException(thrown);
    }
}
