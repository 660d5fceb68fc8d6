package io.raftboot.replica;

import java.io.IOException;
import java.io.OutputStream;

/** A captured state, ready to be written. Used once. */
@FunctionalInterface
public interface SnapshotWriter {
    /**
     * Writes the captured state.
     *
     * @param out buffered, and closed by the replica; bytes are not held in memory
     * @throws IOException the snapshot is given up, and tried again at the next occasion
     */
    void writeTo(OutputStream out) throws IOException;
}
