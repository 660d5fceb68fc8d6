package io.raftboot.replica.snapshot;

/** What a snapshot file holds. */
public enum SnapshotKind {
    /** The state of every machine: for this member and any other. */
    COMPLETE,

    /**
     * Of machines that keep their state themselves, only how far that is: for a restart of this member, and much
     * cheaper than all they hold.
     */
    LOCAL
}
