package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/** What a replicated call can end with instead of a result. Its type tells whether the command happened. */
public abstract sealed class RaftCallException extends RuntimeException
        permits RaftRefusedException, RaftOutcomeUnknownException, RaftCommandException, RaftQueryException {
    private static final long serialVersionUID = 1L;

    RaftCallException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
