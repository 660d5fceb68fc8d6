package io.raftboot.benchmarks.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.log.LogUpdate;
import io.raftboot.storage.log.LogWrite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The write-ahead log, and beside it a bare file that gets the same number of bytes with the same number of forces. The log
 * writes into room that was filled with zeros and forced before, and has its next segment filled in the background
 * meanwhile, which takes from both where they take turns.
 */
final class LogBesideFile implements AutoCloseable {
    /** What the log writes is a multiple of this. */
    private static final int SECTOR_SIZE_BYTES = 512;

    private static final int BATCH_HEADER_SIZE_BYTES = 32;
    private static final int ENTRY_HEAD_SIZE_BYTES = 4;
    private static final long SEED = 1;

    private final ScratchDirectory directory;
    private final MemberStorage storage;
    private final BareFile file;
    private final ByteString data;
    private final int batchEntries;
    private long lastSegmentsBytes;
    private long nextIndex;

    /**
     * @param parent of a directory that is deleted at the end
     * @param batchEntries under one force
     */
    LogBesideFile(Path parent, BareFile.Kind kind, int batchEntries, int entrySizeBytes)
            throws IOException, StorageOpenException {
        this.directory = ScratchDirectory.create(parent, "log");
        this.batchEntries = batchEntries;
        var bytes = new byte[entrySizeBytes];
        new Random(SEED).nextBytes(bytes);
        this.data = ByteString.copyFrom(bytes);
        var request = new IdentityRequest("benchmark", "default", 1, List.of(), false);
        int batchSizeBytes = batchSizeBytes(batchEntries, entrySizeBytes);
        var defaults = StorageOptions.defaults();
        // An append must be one batch, whatever its size, to have as many forces as the bare file.
        var options = defaults.withMaxBatchSizeBytes(Math.max(defaults.maxBatchSizeBytes(), batchSizeBytes));
        storage = MemberStorage.open(new RealDisk(), directory.path().resolve("member"), request, options);
        nextIndex = storage.reader().lastIndex() + 1;
        lastSegmentsBytes = storage.writer().sizeBytes();
        file = new BareFile(directory.path().resolve("bare"), kind, batchSizeBytes);
    }

    private static int batchSizeBytes(int entries, int entrySizeBytes) {
        int body = 2 * Long.BYTES + entries * (ENTRY_HEAD_SIZE_BYTES + entrySizeBytes);
        int payload = 1 + CodedOutputStream.computeUInt32SizeNoTag(body) + body;
        return (BATCH_HEADER_SIZE_BYTES + payload + SECTOR_SIZE_BYTES - 1) & -SECTOR_SIZE_BYTES;
    }

    /** What the next append appends; making it is not part of what is measured. */
    List<LogWrite> prepare() {
        var entries = new ArrayList<Entry>(batchEntries);
        for (int i = 0; i < batchEntries; i++) {
            var entry = Entry.newBuilder()
                    .setType(EntryType.ENTRY_NORMAL)
                    .setTerm(1)
                    .setIndex(nextIndex++)
                    .setData(data)
                    .build();
            entries.add(entry);
        }
        return List.of(LogWrite.entries(null, entries));
    }

    /** Appends to the log, and forces. What it returns goes to {@link #advance}. */
    LogUpdate append(List<LogWrite> writes) throws IOException {
        return storage.writer().append(writes);
    }

    /** What another thread does in a member. Checks as well that the bare file gets as much as the log. */
    void advance(LogUpdate update) {
        long before = storage.reader().sizeBytes();
        storage.reader().advance(update);
        long written = storage.reader().sizeBytes() - before;
        long segmentsBytes = storage.writer().sizeBytes();
        // The first batch of a segment says besides what was before.
        boolean newSegment = segmentsBytes != lastSegmentsBytes;
        lastSegmentsBytes = segmentsBytes;
        if (!newSegment && written != file.writeSizeBytes()) {
            throw new IllegalStateException(
                    "The log has written " + written + " bytes, and the bare file " + file.writeSizeBytes());
        }
    }

    /** Writes as many bytes as an append into the bare file, and forces. */
    void writeBare() throws IOException {
        file.write();
    }

    /** Of one batch, on disk. */
    int batchSizeBytes() {
        return file.writeSizeBytes();
    }

    @Override
    public void close() throws IOException {
        storage.close();
        file.close();
        directory.close();
    }
}
