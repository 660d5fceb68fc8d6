package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/** A query failed, or its answer can't be read. It has changed nothing. */
public final class RaftQueryException extends RaftCallException {
    private static final long serialVersionUID = 1L;

    public RaftQueryException(@Nullable String message, Throwable cause) {
        super(message == null ? cause.toString() : message, cause);
    }
}
