package io.raftboot.raft;

/** What a {@link Storage} answers when it works but can't give what was asked for. The storage is unchanged. */
public abstract class StorageException extends RaftException {
    private static final long serialVersionUID = 1L;

    StorageException(String message) {
        super(message);
    }
}
