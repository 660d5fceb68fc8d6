package io.raftboot.replica.config;

/** Kind of place where a member keeps its log and snapshots. */
public enum StorageKind {
    /** A write-ahead log and snapshot files in the data directory, every acknowledged write forced. */
    WAL,
    /** Nothing on disk; for tests. A member that restarts has lost its vote, so only a cluster of one may do so. */
    MEMORY
}
