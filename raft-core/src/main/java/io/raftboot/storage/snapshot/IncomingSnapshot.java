package io.raftboot.storage.snapshot;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.proto.SnapshotDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A snapshot that is being received. For one thread. Nothing appears in the store before {@link #commit}; closing without
 * keeps what has arrived, and the next {@link SnapshotStore#receive} goes on behind it.
 */
public final class IncomingSnapshot implements AutoCloseable {
    private final SnapshotStore store;
    private final Snapshot snapshot;
    private final SnapshotDescriptor descriptor;
    private final Path path;
    private final DiskFile file;

    /** Whether an earlier attempt has completed the file, though its sender may not know. */
    private final boolean complete;

    private final CRC32C crc = new CRC32C();
    private long offset;
    private long forcedOffset;
    private boolean closed;

    IncomingSnapshot(SnapshotStore store, Snapshot snapshot, Path path, DiskFile file, boolean complete)
            throws IOException {
        this.store = store;
        this.snapshot = snapshot;
        this.descriptor = SnapshotFormat.descriptor(snapshot);
        this.path = path;
        this.file = file;
        this.complete = complete;
        try {
            if (!complete && file.size() > descriptor.getLength()) {
                file.truncate(0);
            }
            offset = complete ? descriptor.getLength() : file.size();
            forcedOffset = offset;
            if (!complete) {
                SnapshotFormat.update(crc, file, Math.min(offset, checkedLength()));
            }
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Whether a file that is offered can be the snapshot's; to be asked before it is received.
     *
     * @param length of the file, as its sender says
     * @throws IOException saying what is wrong with the offer; nothing has changed
     */
    public static void checkOffer(Snapshot snapshot, long length) throws IOException {
        var descriptor = SnapshotFormat.descriptor(snapshot);
        if (descriptor.getId() == 0 || descriptor.getLocal()) {
            throw new IOException("the snapshot at " + snapshot.getMetadata().getIndex()
                    + " has no file that another member could use");
        }
        if (descriptor.getLength() != length || length < SnapshotFormat.MIN_FILE_BYTES) {
            throw new IOException("the snapshot at " + snapshot.getMetadata().getIndex() + " has "
                    + descriptor.getLength() + " bytes, and a file of " + length + " is offered");
        }
    }

    /** How many bytes are there: the next ones to be written are those behind. */
    public long offset() {
        return offset;
    }

    /**
     * Appends all that remains in the chunk.
     *
     * @throws IOException also if that is more than the snapshot has; nothing was written then
     */
    public void write(ByteBuffer chunk) throws IOException {
        store.writes().checkNotEnded();
        int count = chunk.remaining();
        if (count > descriptor.getLength() - offset) {
            throw new IOException("the snapshot has " + descriptor.getLength() + " bytes, and " + count
                    + " more were received at " + offset);
        }
        var checked = chunk.duplicate();
        checked.limit(checked.position() + (int) Math.max(0, Math.min(count, checkedLength() - offset)));
        crc.update(checked);
        file.write(chunk, offset);
        offset += count;
        if (offset - forcedOffset >= SnapshotFormat.FORCE_INTERVAL_BYTES) {
            file.force();
            forcedOffset = offset;
        }
    }

    /** As {@link #commit(SnapshotCheck)}, with a look at the checksum alone. */
    public void commit() throws IOException {
        commit(SnapshotCheck.CHECKSUM_ALONE);
    }

    /**
     * Verifies what was received, makes it durable, and visible if it is of use here.
     *
     * @param check asked when all bytes are durable and their checksum was verified
     * @throws IOException if bytes are missing; or if it is not what was announced, or does not hold: then it is deleted, and
     *     the next attempt begins anew. As any other exception or Error of the check. When the member ends meanwhile, what has
     *     arrived is kept, and so is a whole file that an earlier attempt has completed: the log may go on behind it
     */
    public void commit(SnapshotCheck check) throws IOException {
        if (offset != descriptor.getLength()) {
            throw new IOException(
                    "the snapshot has " + descriptor.getLength() + " bytes, and " + offset + " were received");
        }
        store.writes().checkNotEnded();
        try {
            if (complete) {
                check(check);
                store.complete(path, snapshot);
                return;
            }
            verifyReceived();
            file.force();
            file.close();
            check(check);
            // While it still counts as being received: nobody may delete it before it has its name.
            store.complete(path, snapshot);
        } catch (CorruptionException e) {
            file.close();
            store.discard(path, snapshot);
            throw e;
        } finally {
            close();
        }
    }

    private void check(SnapshotCheck check) throws IOException {
        try (var received = store.openUnnamed(path, snapshot)) {
            check.check(received);
        } catch (IOException | RuntimeException | Error e) {
            // The member's end looks like anything to whoever reads meanwhile, and says nothing of the file.
            store.writes().checkNotEnded();
            if (!complete) {
                file.close();
                store.discard(path, snapshot);
            }
            throw e;
        }
    }

    /** Keeps what has arrived. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                file.close();
            } finally {
                // Not before: from here on it may be received anew, or the directory be given up.
                store.received(snapshot);
            }
        }
    }

    private void verifyReceived() throws IOException {
        boolean whole = (int) crc.getValue() == descriptor.getCrc32C()
                && SnapshotFormat.sameFile(SnapshotFormat.describe(file, path), snapshot);
        if (!whole) {
            throw new CorruptionException(path, 0, "the snapshot was damaged on its way");
        }
    }

    /** The checksum covers all but itself. */
    private long checkedLength() {
        return Math.max(0, descriptor.getLength() - SnapshotFormat.CHECKSUM_SIZE);
    }
}
