package io.raftboot.raft.confchange;

/** A change that the present configuration doesn't allow. Nothing has changed. The texts are those of etcd's errors. */
public final class ConfChangeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ConfChangeException(String message) {
        super(message);
    }
}
