package io.raftboot.autoconfigure.web;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The header of a request can't be an idempotency key. Answered with 400, with problem details or without. */
final class UnusableKeyException extends ResponseStatusException {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String reason) {
        super(HttpStatus.BAD_REQUEST, reason);
    }
}
