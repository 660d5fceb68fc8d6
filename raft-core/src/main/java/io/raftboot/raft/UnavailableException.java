package io.raftboot.raft;

/** The index lies behind the last one that is stored ({@code ErrUnavailable}). */
public final class UnavailableException extends StorageException {
    private static final long serialVersionUID = 1L;

    public UnavailableException() {
        super("requested entry at index is unavailable");
    }
}
