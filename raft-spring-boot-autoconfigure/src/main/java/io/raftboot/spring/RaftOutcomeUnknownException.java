package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/** The command may have been applied, or may be yet: it was handed over and its end was not seen. */
public final class RaftOutcomeUnknownException extends RaftCallException {
    private static final long serialVersionUID = 1L;

    public RaftOutcomeUnknownException(String message) {
        super(message, null);
    }

    public RaftOutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
