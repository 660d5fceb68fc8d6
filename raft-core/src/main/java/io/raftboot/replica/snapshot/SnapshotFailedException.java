package io.raftboot.replica.snapshot;

import java.io.IOException;

/** A snapshot does not hold what it is to hold. Nothing has changed: there is no such snapshot, and the log stays. */
final class SnapshotFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private SnapshotFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A state machine could not capture or write its state. */
    static SnapshotFailedException notGiven(String owner, Throwable cause) {
        return new SnapshotFailedException(owner + " could not give its state: " + cause, cause);
    }

    /** A state machine does not find in its section what a restore would need. */
    static SnapshotFailedException notReadBack(String owner, Throwable cause) {
        boolean saysIt = cause instanceof IOException && cause.getMessage() != null;
        return new SnapshotFailedException(
                owner + " can't read back the state that was written: " + (saysIt ? cause.getMessage() : cause), cause);
    }
}
