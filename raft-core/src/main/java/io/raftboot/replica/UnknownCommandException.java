package io.raftboot.replica;

/** A committed command that nobody here understands. It is never skipped: the member stops. */
final class UnknownCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownCommandException(String message) {
        super(message);
    }
}
