package io.raftboot.replica;

import io.raftboot.api.ForeignStateException;
import java.nio.file.Path;

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
        /** A state machine's own store, a database say, belongs to another member or another log. */
        STATE_OF_ANOTHER,
        /** An entry is to be passed over that this member has applied, or that others don't pass over. */
        ENTRY_SKIP,
        /** The member was removed from its cluster, and the directory remembers it. */
        REMOVED,
        INPUT_OUTPUT,
        /** It was stopped before its start came to an end. */
        STOPPED
    }

    public ReplicaStartException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** The member had begun, and failed before it was there. */
    static ReplicaStartException ofFailure(Throwable cause) {
        return new ReplicaStartException(
                PassingFailure.mayPass(cause) ? Problem.INPUT_OUTPUT : Problem.STATE_MACHINE,
                "the member failed while it brought its state up: " + cause.getMessage(),
                cause);
    }

    /** A state machine, or what it keeps, was found unfit before the member began. */
    static ReplicaStartException ofStateMachine(Exception cause) {
        return cause instanceof ForeignStateException
                ? new ReplicaStartException(Problem.STATE_OF_ANOTHER, "" + cause.getMessage(), cause)
                : new ReplicaStartException(
                        Problem.STATE_MACHINE, "the state machines can't be brought up: " + cause.getMessage(), cause);
    }

    /** Half of a recovery is no cluster: nobody could ever lead it, and what is noted of it would be in the way of the rest. */
    static ReplicaStartException ofUnfinishedRecovery(Path dataDir) {
        String message = "'raft-tools.jar recover' was interrupted in the data directory " + dataDir
                + ": call it again as before, and start this member then";
        return new ReplicaStartException(Problem.DIRECTORY_CORRUPT, message, new IllegalStateException(message));
    }

    /** Who was removed does not come back by itself. */
    static ReplicaStartException ofRemoval(long nodeId, Path dataDir, String removed) {
        String message =
                "node " + nodeId + " was removed from its cluster" + removed + ", and the data directory " + dataDir
                        + " remembers it. To have it back, move the directory away, start it to join (raft.join=true), and add it anew";
        return new ReplicaStartException(Problem.REMOVED, message, new IllegalStateException(message));
    }

    public Problem problem() {
        return problem;
    }
}
