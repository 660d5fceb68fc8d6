package io.raftboot.replica;

/** When a snapshot is due. Owned by the apply stage, but for what says any thread. */
final class SnapshotTrigger {
    private final long intervalEntries;
    private final boolean possible;
    private long lastIndex;
    private boolean wanted;
    private volatile boolean writing;
    private volatile long writtenIndex;

    /**
     * @param possible whether all state machines have snapshots
     */
    SnapshotTrigger(long intervalEntries, boolean possible) {
        this.intervalEntries = intervalEntries;
        this.possible = possible;
    }

    void wanted() {
        wanted = true;
    }

    /** The state came from a snapshot of this index. */
    void restoredAt(long index) {
        lastIndex = index;
        writtenIndex = index;
    }

    /** Any thread: index of the newest snapshot there is; 0 if there is none. */
    long writtenIndex() {
        return writtenIndex;
    }

    /** Whether to capture now; if so, the next one is due an interval later, whatever becomes of this one. */
    boolean due(long appliedIndex) {
        boolean due = possible
                && !writing
                && appliedIndex > lastIndex
                && (wanted || appliedIndex - lastIndex >= intervalEntries);
        if (due) {
            writing = true;
            wanted = false;
            lastIndex = appliedIndex;
        }
        return due;
    }

    /** Any thread: the snapshot that was due is written. */
    void written(long index) {
        writtenIndex = index;
        writing = false;
    }

    /** Any thread: the snapshot that was due could not be written. */
    void givenUp() {
        writing = false;
    }
}
