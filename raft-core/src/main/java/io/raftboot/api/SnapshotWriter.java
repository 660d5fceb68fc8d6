package io.raftboot.api;

import java.io.IOException;
import java.io.OutputStream;

/** A captured state, ready to be written. Used once. */
@FunctionalInterface
public interface SnapshotWriter {
    /**
     * Writes the captured state. When the member stops meanwhile, each write throws a {@link java.io.InterruptedIOException},
     * which is to be passed on; a writer that waits for something else is interrupted two seconds later, unless it is that of a
     * {@link DurableStateMachine}. So is one that writes nothing for five minutes. The member's directory stays locked until this returns.
     *
     * @param out buffered, and closed by the replica; bytes are not held in memory
     * @throws IOException the snapshot is given up, and tried again at the next occasion; as with any other exception or Error
     */
    void writeTo(OutputStream out) throws IOException;
}
