package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/**
 * The command was applied, and this failure is its result on all members. Thrown where the original
 * exception can't be: its type is checked and not declared, or this member has only its name and message.
 */
public final class RaftCommandException extends RaftCallException {
    private static final long serialVersionUID = 1L;

    private final String errorType;

    public RaftCommandException(String errorType, @Nullable String message, @Nullable Throwable cause) {
        super(message == null ? errorType : message, cause);
        this.errorType = errorType;
    }

    /** Class name of what the state machine threw. */
    public String errorType() {
        return errorType;
    }
}
