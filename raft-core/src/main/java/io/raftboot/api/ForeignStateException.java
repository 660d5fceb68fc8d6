package io.raftboot.api;

import java.io.IOException;

/**
 * What a state machine keeps by itself, in a database say, is whole, but belongs to another member, another state machine or
 * another log than it is opened for. The message says whose it is, whose it should be, and what to do.
 */
public final class ForeignStateException extends IOException {
    private static final long serialVersionUID = 1L;

    public ForeignStateException(String message) {
        super(message);
    }
}
