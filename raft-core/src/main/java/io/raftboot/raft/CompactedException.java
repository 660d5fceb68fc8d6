package io.raftboot.raft;

/** The index lies before the first one that is kept: a snapshot has taken its place ({@code ErrCompacted}). */
public final class CompactedException extends StorageException {
    private static final long serialVersionUID = 1L;

    public CompactedException() {
        super("requested index is unavailable due to compaction");
    }
}
