package io.raftboot.replica;

/**
 * A member can't start. The message says what was found and what to write or do instead.
 */
public final class ReplicaStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** What kept the member from starting. */
    public enum Problem {
        PORT_IN_USE,
        /** The name of the host to listen on is not known. */
        HOST_UNKNOWN,
        /** The address to listen on is none of this machine. */
        ADDRESS_NOT_LOCAL,
        DIRECTORY_LOCKED,
        DIRECTORY_OF_ANOTHER_MEMBER,
        DIRECTORY_CORRUPT,
        DIRECTORY_OF_ANOTHER_VERSION,
        PEERS_CHANGED,
        STATE_MACHINE,
        INPUT_OUTPUT
    }

    public ReplicaStartException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
