package io.raftboot.benchmarks;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.LogUpdate;
import io.raftboot.storage.LogWrite;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.RealDisk;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The write-ahead log, and beside it a bare file that gets the same number of bytes with the same number of forces. Both
 * write into room that was filled with zeros and forced before, one after the other, so a force is one write to the device
 * and no change of the file system's own data. The log has its next segment filled in the background meanwhile, which
 * takes from both.
 */
final class LogPair implements AutoCloseable {
    private static final int BARE_FILE_SIZE_BYTES = 64 * 1024 * 1024;
    private static final int FILL_SIZE_BYTES = 1024 * 1024;

    /** What the log writes is a multiple of this. */
    private static final int SECTOR_SIZE_BYTES = 512;

    private static final int BATCH_HEADER_SIZE_BYTES = 32;
    private static final long SEED = 1;

    private final ScratchDirectory directory;
    private final MemberStorage storage;
    private final FileChannel bare;
    private final ByteString data;
    private final int batchEntries;
    private ByteBuffer bareBytes = ByteBuffer.allocateDirect(0);
    private long nextIndex;
    private long barePosition;

    /**
     * @param parent of a directory that is deleted at the end
     * @param batchEntries under one force
     */
    LogPair(Path parent, int batchEntries, int entrySizeBytes) throws IOException, StorageOpenException {
        this.directory = ScratchDirectory.create(parent, "log");
        this.batchEntries = batchEntries;
        var bytes = new byte[entrySizeBytes];
        new Random(SEED).nextBytes(bytes);
        this.data = ByteString.copyFrom(bytes);
        var request = new IdentityRequest("benchmark", "default", 1, List.of(), false);
        storage = MemberStorage.open(
                new RealDisk(), directory.path().resolve("member"), request, StorageOptions.defaults());
        nextIndex = storage.reader().lastIndex() + 1;
        bare = FileChannel.open(
                directory.path().resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var zeros = ByteBuffer.allocateDirect(FILL_SIZE_BYTES);
        for (int at = 0; at < BARE_FILE_SIZE_BYTES; at += FILL_SIZE_BYTES) {
            bare.write(zeros.clear(), at);
        }
        bare.force(true);
    }

    /** What the next append appends; making it is not part of what is measured. */
    List<LogWrite> prepare() {
        var entries = new ArrayList<Entry>(batchEntries);
        int payload = 0;
        for (int i = 0; i < batchEntries; i++) {
            var entry = Entry.newBuilder()
                    .setType(EntryType.ENTRY_NORMAL)
                    .setTerm(1)
                    .setIndex(nextIndex++)
                    .setData(data)
                    .build();
            entries.add(entry);
            int size = entry.getSerializedSize();
            payload += 1 + (size < 1 << 7 ? 1 : size < 1 << 14 ? 2 : 3) + size;
        }
        int batch = (BATCH_HEADER_SIZE_BYTES + payload + SECTOR_SIZE_BYTES - 1) & -SECTOR_SIZE_BYTES;
        if (bareBytes.capacity() != batch) {
            bareBytes = ByteBuffer.allocateDirect(batch);
            var filling = new byte[batch];
            new Random(SEED).nextBytes(filling);
            bareBytes.put(filling);
        }
        return List.of(LogWrite.entries(null, entries));
    }

    /** Appends to the log, and forces. What it returns goes to {@link #advance}. */
    LogUpdate append(List<LogWrite> writes) throws IOException {
        return storage.writer().append(writes);
    }

    /** What another thread does in a member. */
    void advance(LogUpdate update) {
        storage.reader().advance(update);
    }

    /** Writes as many bytes as the append before into the bare file, and forces. */
    void writeBare() throws IOException {
        if (barePosition + bareBytes.capacity() > BARE_FILE_SIZE_BYTES) {
            barePosition = 0;
        }
        bare.write(bareBytes.clear(), barePosition);
        bare.force(false);
        barePosition += bareBytes.capacity();
    }

    /** Of one batch, on disk. */
    int batchSizeBytes() {
        return bareBytes.capacity();
    }

    @Override
    public void close() throws IOException {
        storage.close();
        bare.close();
        directory.close();
    }
}
