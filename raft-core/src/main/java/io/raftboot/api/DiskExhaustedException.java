package io.raftboot.api;

import java.io.IOException;

/** The member stopped because its disk is full, while what it had acknowledged could still be written. */
public final class DiskExhaustedException extends IOException {
    private static final long serialVersionUID = 1L;

    public DiskExhaustedException(String message) {
        super(message);
    }
}
