package io.raftboot.storage;

/**
 * The directory can't be used as it is. Nothing in it has changed. The message says what was found (with file and offset
 * where that applies) and what to do.
 */
public final class StorageOpenException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What stands in the way. */
    public enum Problem {
        /** Another member has the directory open. */
        LOCKED,
        /** It belongs to a member with another id. */
        OTHER_NODE,
        /** It belongs to another cluster or group. */
        OTHER_CLUSTER,
        /** It was made for a cluster of one and is started with peers, or the other way round. */
        PEERS_CHANGED,
        /** What is on disk is damaged. */
        CORRUPT,
        /** It was written by a newer version. */
        UNSUPPORTED_VERSION
    }

    private final Problem problem;

    StorageOpenException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    StorageOpenException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
