package io.raftboot.raft;

/** The snapshot is not newer than the one that is stored already ({@code ErrSnapOutOfDate}). */
public final class SnapshotOutOfDateException extends StorageException {
    private static final long serialVersionUID = 1L;

    public SnapshotOutOfDateException() {
        super("requested index is older than the existing snapshot");
    }
}
