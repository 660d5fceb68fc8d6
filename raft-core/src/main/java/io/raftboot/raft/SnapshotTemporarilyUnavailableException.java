package io.raftboot.raft;

/**
 * The snapshot is being made: ask again later. A leader then leaves the follower as it is and tries again when it next
 * hears of it ({@code ErrSnapshotTemporarilyUnavailable}).
 */
public final class SnapshotTemporarilyUnavailableException extends StorageException {
    private static final long serialVersionUID = 1L;

    public SnapshotTemporarilyUnavailableException() {
        super("snapshot is temporarily unavailable");
    }
}
