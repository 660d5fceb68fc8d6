package io.raftboot.replica.snapshot;

/** Makes snapshots for other members. Any thread. */
@FunctionalInterface
public interface SnapshotsWanted {
    /** A snapshot is wanted as soon as possible that covers this index. */
    void snapshotWanted(long index);
}
