package io.raftboot.simulation;

import java.io.IOException;

/** What a simulated disk throws when it fails, as a real one would: an {@link IOException} that says what failed. */
final class DiskFault extends IOException {
    private static final long serialVersionUID = 1L;

    DiskFault(String message) {
        super(message);
    }
}
