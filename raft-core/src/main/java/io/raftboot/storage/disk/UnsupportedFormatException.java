package io.raftboot.storage.disk;

import java.io.IOException;
import java.nio.file.Path;

/** A file is whole, but of a version that this software does not know. */
public final class UnsupportedFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnsupportedFormatException(Path file, int version, int supported) {
        super(file + " has format version " + version + ", and this software knows only " + supported
                + ": start it with the version of the software that wrote it"
                + (version > supported ? ", or a newer one" : ""));
    }
}
