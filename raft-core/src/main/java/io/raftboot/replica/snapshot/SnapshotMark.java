package io.raftboot.replica.snapshot;

import io.raftboot.raft.proto.Snapshot;

/** Marks in the log that there is a snapshot. Any thread. */
@FunctionalInterface
public interface SnapshotMark {
    /** A local snapshot is durable as a file; the log must know it before older entries go. */
    void taken(Snapshot snapshot);
}
