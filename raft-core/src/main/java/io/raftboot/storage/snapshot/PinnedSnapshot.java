package io.raftboot.storage.snapshot;

import io.raftboot.raft.proto.Snapshot;

/**
 * A snapshot that is not deleted before its pin is closed.
 *
 * @param snapshot where in the log it is, and what its file is
 * @param pin reads the file
 */
public record PinnedSnapshot(Snapshot snapshot, SnapshotPin pin) {}
