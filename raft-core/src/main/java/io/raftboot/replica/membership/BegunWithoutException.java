package io.raftboot.replica.membership;

/** The group had begun without the directory that this process began with, so it has to begin once more, and join. */
public final class BegunWithoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BegunWithoutException(String message) {
        super(message, null, false, false);
    }
}
