package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/** Bytes on disk are not what was written. Names the file and the offset; never repaired by guessing. */
public final class CorruptionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    public CorruptionException(Path file, long offset, String problem) {
        super(file + " at offset " + offset + ": " + problem);
        this.file = file.toString();
        this.offset = offset;
    }

    public String file() {
        return file;
    }

    /** Offset in bytes from the beginning of the file. */
    public long offset() {
        return offset;
    }
}
