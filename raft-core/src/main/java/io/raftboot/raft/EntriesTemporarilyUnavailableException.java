package io.raftboot.raft;

/**
 * The entries are in the log, but not in memory: they are being fetched. The core goes on without them and asks again when
 * the driver says that some have come ({@link RawNode#entriesFetched}); etcd has no such answer, its storage reads itself.
 */
public final class EntriesTemporarilyUnavailableException extends StorageException {
    private static final long serialVersionUID = 1L;

    public EntriesTemporarilyUnavailableException() {
        super("entries are temporarily unavailable");
    }
}
