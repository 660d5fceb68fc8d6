package io.raftboot.spring.payload;

import io.raftboot.api.SnapshotWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Knows the state that this member wrote last from one that another member sent. That may run another version of the application,
 * whose fields are more or fewer, and is read as a restore does: what is not known is left out.
 */
public final class WrittenState {
    /** Set by the thread that writes a snapshot, read by one that reads it back. */
    private volatile OptionalLong checksum = OptionalLong.empty();

    /** Reads a state. */
    @FunctionalInterface
    public interface Check {
        void run(InputStream state) throws IOException;
    }

    public SnapshotWriter remembering(SnapshotWriter writer) {
        return out -> {
            var checked = new CheckedOutputStream(out, new CRC32C());
            writer.writeTo(checked);
            checksum = OptionalLong.of(checked.getChecksum().getValue());
        };
    }

    /**
     * Reads a state, and sees to it that it is what was written.
     *
     * @throws IOException if it can't be read, or, unless another member wrote it, comes back otherwise than it was written
     */
    public void verify(InputStream state, Check check) throws IOException {
        var checked = new CheckedInputStream(state, new CRC32C());
        try {
            check.run(checked);
        } catch (ChangedPayloadException e) {
            checked.transferTo(OutputStream.nullOutputStream());
            if (checksum.equals(OptionalLong.of(checked.getChecksum().getValue()))) {
                throw e;
            }
        }
    }
}
