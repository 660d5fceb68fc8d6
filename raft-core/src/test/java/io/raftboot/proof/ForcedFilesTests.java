package io.raftboot.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.MemoryDisk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of a log is read as forced, from bytes that are written here by the description of the format. */
class ForcedFilesTests {
    private static final Path WAL = Path.of("/data/wal");
    private static final Path UNFINISHED = WAL.resolve("0000000000000001.wal.tmp");
    private static final Path SEGMENT = WAL.resolve("0000000000000001.wal");
    private static final long SALT = 4711;

    private final List<String> told = new ArrayList<>();
    private final ForcedFiles forced = new ForcedFiles(1, new Observer() {
        @Override
        public void entryForced(long member, long index, long term, long previousTerm, long hash, boolean changes) {
            told.add(index + "/" + term + " behind " + previousTerm + (changes ? " changes members" : ""));
        }

        @Override
        public void happened(long member, Sometimes what) {
            told.add(what.name());
        }
    });
    private final MemoryDisk memory = new MemoryDisk();
    private WatchedDisk disk = new WatchedDisk(memory, forced);
    private int previousChecksum;
    private long sequence;
    private long offset = 512;

    @BeforeEach
    void createSegment() throws Exception {
        memory.createDirectories(WAL);
        try (var file = disk.create(UNFINISHED)) {
            file.writeZeros(0, 64 * 1024);
            var header = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            header.put("RWALESEG".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(0);
            header.putLong(1).putLong(SALT).clear();
            file.write(header, 0);
            file.force();
        }
        disk.rename(UNFINISHED, SEGMENT);
    }

    private DiskFile segment() throws Exception {
        return disk.open(SEGMENT);
    }

    private ByteBuffer batch(byte[]... records) {
        int length = 0;
        for (byte[] record : records) {
            length += record.length;
        }
        var batch = ByteBuffer.allocate(32 + length).order(ByteOrder.LITTLE_ENDIAN);
        batch.putInt(0x3154_4252)
                .putInt(length)
                .putLong(SALT)
                .putLong(++sequence)
                .putInt(previousChecksum)
                .putInt(0);
        for (byte[] record : records) {
            batch.put(record);
        }
        var crc = new CRC32C();
        crc.update(batch.array(), 0, 28);
        crc.update(batch.array(), 32, length);
        previousChecksum = (int) crc.getValue();
        return batch.putInt(28, previousChecksum).flip();
    }

    private static byte[] record(int type, byte[] body) {
        return ByteBuffer.allocate(2 + body.length)
                .put((byte) type)
                .put((byte) body.length)
                .put(body)
                .array();
    }

    private static byte[] end(int index, int term) {
        return record(5, new byte[] {8, (byte) index, 16, (byte) term});
    }

    private static byte[] promise(long term, long vote, long commit) {
        return record(
                2,
                HardState.newBuilder()
                        .setTerm(term)
                        .setVote(vote)
                        .setCommit(commit)
                        .build()
                        .toByteArray());
    }

    private static byte[] entries(long term, long first, int... kinds) {
        var body = ByteBuffer.allocate(16 + kinds.length * 5).order(ByteOrder.LITTLE_ENDIAN);
        body.putLong(term).putLong(first);
        for (int kind : kinds) {
            body.putInt(1 << 3 | kind).put((byte) 'x');
        }
        return record(1, body.array());
    }

    private void write(DiskFile file, ByteBuffer batch) throws Exception {
        int length = batch.remaining();
        file.write(batch, offset);
        offset = (offset + length + 511) / 512 * 512;
    }

    @Test
    void readsWhatIsForcedUnderANameThatIsForced() throws Exception {
        var file = segment();
        write(file, batch(end(1, 1), promise(1, 0, 1), entries(2, 2, 0, 2)));
        file.force();
        assertThat(told).isEmpty();

        disk.forceDirectory(WAL);

        assertThat(told).containsExactly("2/2 behind 1", "3/2 behind 2 changes members");
        assertThat(forced.log().promise()).isEqualTo(new Promise(1, 0, 1));
        assertThat(forced.log().lastIndex()).isEqualTo(3);
        assertThat(forced.log().memberChanges()).containsExactly(3L);
    }

    @Test
    void readsNothingThatIsWrittenOnly() throws Exception {
        disk.forceDirectory(WAL);
        var file = segment();
        write(file, batch(end(1, 1), promise(1, 0, 1)));
        file.force();
        write(file, batch(promise(7, 3, 1)));

        assertThat(forced.log().promise().term()).isEqualTo(1);
        file.force();
        assertThat(forced.log().promise()).isEqualTo(new Promise(7, 3, 1));
    }

    @Test
    void readsNoBatchThatIsTorn() throws Exception {
        disk.forceDirectory(WAL);
        var file = segment();
        write(file, batch(end(1, 1)));
        var torn = batch(promise(7, 3, 1));
        torn.put(torn.limit() - 1, (byte) 99);
        write(file, torn);
        file.force();

        assertThat(forced.log().promise()).isEqualTo(Promise.NONE);
    }

    @Test
    void cutsWhatALogEndSaysIsGone() throws Exception {
        disk.forceDirectory(WAL);
        var file = segment();
        write(file, batch(end(1, 1), entries(2, 2, 0, 2, 0)));
        write(file, batch(end(2, 2), entries(3, 3, 0)));
        file.force();

        assertThat(forced.log().lastIndex()).isEqualTo(3);
        assertThat(forced.log().term(3)).isEqualTo(3);
        assertThat(forced.log().memberChanges()).isEmpty();
    }

    @Test
    void saysWhatSurvivedWithoutAForceAndWhatWasCut() throws Exception {
        disk.forceDirectory(WAL);
        var file = segment();
        write(file, batch(end(1, 1), promise(1, 0, 1)));
        file.force();
        write(file, batch(promise(2, 0, 1)));
        disk = new WatchedDisk(memory, forced);

        var again = segment();
        again.writeZeros(offset, 512);
        again.force();
        disk.forceDirectory(WAL);

        assertThat(told).containsExactly("CRASH_BEFORE_FORCE", "TORN_BATCH_CUT", "UNFORCED_BATCH_SURVIVED");
        assertThat(forced.log().promise().term()).isEqualTo(2);
    }

    @Test
    void takesAnEntryForTheSameHoweverItIsWritten() {
        var entry = Entry.newBuilder()
                .setType(EntryType.ENTRY_NORMAL)
                .setData(ByteString.copyFromUtf8("x"))
                .build();

        assertThat(Hash.of(entry)).isEqualTo(Hash.of(0, ByteBuffer.wrap(new byte[] {'x'})));
    }
}
