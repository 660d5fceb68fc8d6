package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/** A file could not be made because the file system is full. What was there before is as it was. */
public final class OutOfSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public OutOfSpaceException(Path file, long usableBytes, IOException cause) {
        super("no room for " + file + ": " + usableBytes + " bytes are left; " + cause.getMessage(), cause);
    }
}
