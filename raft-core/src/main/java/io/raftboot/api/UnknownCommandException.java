package io.raftboot.api;

/** A committed command that nobody here understands. It is never skipped: the member stops. */
public final class UnknownCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownCommandException(String message) {
        super(message);
    }
}
