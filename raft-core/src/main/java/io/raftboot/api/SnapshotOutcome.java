package io.raftboot.api;

/** What became of a snapshot that was asked for. */
public sealed interface SnapshotOutcome {
    /**
     * There is one of all that was applied when it was asked for.
     *
     * @param index the last entry it covers
     * @param sizeBytes of its file
     */
    record Taken(long index, long sizeBytes) implements SnapshotOutcome {}

    /**
     * There is none.
     *
     * @param message why not
     */
    record NotTaken(String message) implements SnapshotOutcome {}
}
