package io.raftboot.replica;

/** A state machine could not capture or write its state. Nothing has changed: there is no snapshot, and the log stays. */
final class SnapshotFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SnapshotFailedException(String machine, Throwable cause) {
        super("the state machine '" + machine + "' could not give its state: " + cause, cause);
    }
}
