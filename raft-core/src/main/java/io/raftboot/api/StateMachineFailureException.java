package io.raftboot.api;

/**
 * A state machine could not apply a command for a reason of this member's own (its database is unreachable, its disk
 * is full), so that the outcome would not be the same on all members. The member stops without advancing; after the
 * reason is gone and the member is started again, the command is applied.
 */
public final class StateMachineFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StateMachineFailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
