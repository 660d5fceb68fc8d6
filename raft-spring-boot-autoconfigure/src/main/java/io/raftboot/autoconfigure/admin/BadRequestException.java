package io.raftboot.autoconfigure.admin;

/** A request that nobody could carry out, however the cluster is: what was written, where, and what to write instead. */
final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    BadRequestException(String message) {
        this(400, message);
    }

    BadRequestException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
