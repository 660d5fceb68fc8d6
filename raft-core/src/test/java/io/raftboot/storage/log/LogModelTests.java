package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.raft.CompactedException;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.UnavailableException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.Members;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.ForcedSlots;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RealDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The log on disk against a list, whatever is appended, cut, compacted and opened again. */
class LogModelTests {
    private static final int STEPS = 150;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void logInMemoryIsThatOfTheModel(long seed) throws Exception {
        run(new MemoryDisk(), Members.DIRECTORY, seed, StorageOptions.MIN_SEGMENT_SIZE_BYTES);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22})
    void logOnDiskIsThatOfTheModel(long seed, @TempDir Path directory) throws Exception {
        run(new RealDisk(), directory, seed, 16 * 1024);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33})
    void appendOfSeveralBatchesIsThatOfTheModel(long seed) throws Exception {
        var options = Members.smallOptions(seed).withMaxBatchSizeBytes(StorageOptions.MIN_BATCH_SIZE_BYTES);
        run(new MemoryDisk(), Members.DIRECTORY, seed, options);
    }

    private static void run(Disk disk, Path directory, long seed, long segmentSizeBytes) throws Exception {
        run(disk, directory, seed, Members.smallOptions(seed).withSegmentSizeBytes(segmentSizeBytes));
    }

    private static void run(Disk disk, Path directory, long seed, StorageOptions options) throws Exception {
        var workload = new RandomWorkload(seed);
        var model = new LogModel();
        var storage = MemberStorage.open(disk, directory, Members.FIRST_OF_THREE, options);
        try {
            for (int step = 0; step < STEPS; step++) {
                var writes = workload.writes(model);
                writes.forEach(model::apply);
                storage.reader().advance(storage.writer().append(writes));
                model.assertEquals(storage.reader());
                assertPart(model, storage.reader(), workload);
                if (workload.next(6) == 0) {
                    compact(model, storage, workload);
                }
                if (workload.next(12) == 0) {
                    storage.close();
                    storage = MemberStorage.open(disk, directory, Members.FIRST_OF_THREE, options);
                    model.assertSuffixOf(storage.reader());
                    assertThat(storage.reader().initialState().hardState().getCommit())
                            .isEqualTo(model.hardState().getCommit());
                    storage.reader().compact(model.firstIndex() - 1);
                }
            }
        } finally {
            storage.close();
        }
    }

    private static void assertPart(LogModel model, LogReader reader, RandomWorkload workload) throws Exception {
        if (model.firstIndex() > model.lastIndex()) {
            return;
        }
        long low = workload.between(model.firstIndex(), model.lastIndex());
        long high = workload.between(low + 1, model.lastIndex() + 1);
        long limit = workload.next(3000);
        var expected = model.entries(low, high);
        int count = 1;
        long size = expected.get(0).getSerializedSize();
        while (count < expected.size() && size + expected.get(count).getSerializedSize() <= limit) {
            size += expected.get(count).getSerializedSize();
            count++;
        }
        assertThat(reader.entries(low, high, limit)).isEqualTo(expected.subList(0, count));
        assertThat(reader.cachedBytes()).isLessThanOrEqualTo(2048);
    }

    private static void compact(LogModel model, MemberStorage storage, RandomWorkload workload) throws Exception {
        var taken = workload.taken(model);
        if (taken == null) {
            return;
        }
        var write = LogWrite.taken(taken);
        model.apply(write);
        Members.append(storage, write);
        storage.reader().snapshotTaken(taken);
        long index =
                workload.between(model.firstIndex() - 1, taken.getMetadata().getIndex());
        model.compact(index);
        storage.reader().compact(index);
        storage.writer().release(index);
        model.assertEquals(storage.reader());
    }

    @Test
    void entriesOfSeveralTermsInOneBatchAreReadBack() throws Exception {
        var disk = new MemoryDisk();
        var model = new LogModel();
        var options = Members.smallOptions(1).withCacheSizeBytes(0);
        var entries = Members.entries(1, 2, 3, 100);
        entries.addAll(Members.entries(2, 5, 1, 200));
        entries.addAll(Members.entries(4, 6, 5, 10));
        var again = Members.entries(4, 8, 1, 30);
        again.addAll(Members.entries(6, 9, 2, 50));
        var writes = List.of(LogWrite.entries(null, entries), LogWrite.entries(null, again));
        writes.forEach(model::apply);
        try (var storage = MemberStorage.open(disk, Members.DIRECTORY, Members.FIRST_OF_THREE, options)) {
            storage.reader().advance(storage.writer().append(writes));
            model.assertSuffixOf(storage.reader());
        }
        try (var storage = MemberStorage.open(disk, Members.DIRECTORY, Members.FIRST_OF_THREE, options)) {
            for (long index = 2; index <= 10; index++) {
                assertThat(storage.reader().entries(index, 11, RaftConfig.NO_LIMIT))
                        .isEqualTo(model.entries(index, 11));
                assertThat(storage.reader().entries(index, index + 1, 0)).isEqualTo(model.entries(index, index + 1));
            }
        }
    }

    static Stream<List<Entry>> doNotFollow() {
        return Stream.of(
                List.of(Members.entry(2, 6, 10)),
                List.of(Members.entry(1, 5, 10)),
                List.of(Members.entry(2, 5, 10), Members.entry(2, 7, 10)),
                List.of(Members.entry(2, 5, 10), Members.entry(2, 7, 10), Members.entry(2, 6, 10)),
                List.of(
                        Members.entry(2, 5, 10),
                        Members.entry(2, 7, 10),
                        Members.entry(2, 6, 10),
                        Members.entry(2, 8, 10)),
                List.of(Members.entry(2, 5, 10), Members.entry(2, 6, 10), Members.entry(2, 6, 10)),
                List.of(Members.entry(3, 5, 10), Members.entry(2, 6, 10)),
                List.of(Members.entry(2, 5, 10), Members.entry(3, 6, 10), Members.entry(2, 7, 10)),
                List.of(Members.entry(2, 5, 10), Members.entry(3, 6, 10), Members.entry(4, 8, 10)));
    }

    @ParameterizedTest
    @MethodSource("doNotFollow")
    void entriesThatDoNotFollowAreRefusedAndNothingIsWritten(List<Entry> entries) throws Exception {
        var disk = new JournalDisk();
        var storage = Members.open(disk);
        Members.append(storage, Members.entries(2, 2, 3, 10));
        int before = disk.operations().size();
        var writes = List.of(LogWrite.entries(Members.hardState(4, 0, 1), entries));
        assertThatIllegalArgumentException().isThrownBy(() -> storage.writer().append(writes));
        assertThatIOException().isThrownBy(() -> storage.writer().append(List.of()));
        storage.close();
        assertThat(disk.operations()).hasSize(before);
    }

    @Test
    void readOutsideTheLogIsRefused() throws Exception {
        try (var storage = Members.open(new MemoryDisk())) {
            Members.append(storage, Members.entries(1, 2, 10, 10));
            Members.append(storage, LogWrite.taken(Members.marker(5, 1)));
            storage.reader().snapshotTaken(Members.marker(5, 1));
            storage.reader().compact(5);

            var reader = storage.reader();
            assertThat(reader.firstIndex()).isEqualTo(6);
            assertThat(reader.term(5)).isEqualTo(1);
            assertThatExceptionOfType(CompactedException.class).isThrownBy(() -> reader.term(4));
            assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> reader.term(12));
            assertThatExceptionOfType(CompactedException.class)
                    .isThrownBy(() -> reader.entries(5, 7, RaftConfig.NO_LIMIT));
            assertThatExceptionOfType(UnavailableException.class)
                    .isThrownBy(() -> reader.entries(7, 13, RaftConfig.NO_LIMIT));
        }
    }

    @Test
    void hardStateThatOnlyCommitsIsNotForcedButSurvivesAnOrderlyEnd() throws Exception {
        var disk = new JournalDisk();
        try (var storage = Members.open(disk)) {
            Members.append(storage, Members.entries(1, 2, 3, 10));
            int before = disk.forces();
            Members.append(storage, LogWrite.entries(Members.hardState(1, 0, 4), List.of()));
            assertThat(disk.forces()).isEqualTo(before);
            Members.append(storage, LogWrite.entries(Members.hardState(1, 2, 4), List.of()));
            assertThat(disk.forces()).isEqualTo(before + 1);
            Members.append(storage, LogWrite.entries(Members.hardState(1, 2, 3), List.of()));
        }
        try (var storage = Members.open(disk)) {
            assertThat(storage.reader().initialState().hardState()).isEqualTo(Members.hardState(1, 2, 3));
        }
    }

    @Test
    void appendIsOneWriteAndOneForceAndANoteThatIsNotForced() throws Exception {
        var disk = new JournalDisk();
        try (var storage = Members.open(disk)) {
            int before = disk.operations().size();
            Members.append(
                    storage,
                    LogWrite.entries(Members.hardState(2, 1, 1), Members.entries(2, 2, 3, 10)),
                    LogWrite.entries(Members.hardState(2, 1, 2), Members.entries(2, 5, 3, 10)));
            assertThat(disk.operations().subList(before, disk.operations().size()))
                    .extracting(operation -> operation.getClass().getSimpleName() + " " + operation.name())
                    .containsExactly(
                            "Write 0000000000000001.wal", "Force 0000000000000001.wal", "Write " + ForcedSlots.NAME);
        }
    }

    @Test
    void entryLargerThanASegmentIsKept() throws Exception {
        var disk = new MemoryDisk();
        var large = List.of(Members.entry(1, 2, 20_000), Members.entry(1, 3, 50_000));
        try (var storage = Members.open(disk)) {
            Members.append(storage, large);
            Members.append(storage, Members.entries(1, 4, 2, 10));
        }
        try (var storage = Members.open(disk)) {
            assertThat(storage.reader().entries(2, 4, RaftConfig.NO_LIMIT)).isEqualTo(large);
            assertThat(storage.reader().lastIndex()).isEqualTo(5);
        }
    }

    @Test
    void releaseDeletesSegmentsAndKeepsWhatIsNeeded() throws Exception {
        var disk = new MemoryDisk();
        try (var storage = Members.open(disk)) {
            for (int i = 0; i < 40; i++) {
                Members.append(storage, Members.entries(1, 2 + 4L * i, 4, 200));
            }
            long before = storage.writer().sizeBytes();
            Members.append(storage, LogWrite.taken(Members.marker(150, 1)));
            storage.reader().snapshotTaken(Members.marker(150, 1));
            storage.reader().compact(120);
            storage.writer().release(120);
            assertThat(storage.writer().sizeBytes()).isLessThan(before / 2);
            assertThat(storage.reader().entries(121, 162, RaftConfig.NO_LIMIT)).hasSize(41);
        }
        try (var storage = Members.open(disk)) {
            assertThat(storage.reader().firstIndex()).isBetween(80L, 121L);
            assertThat(storage.reader().lastIndex()).isEqualTo(161);
            assertThat(storage.reader().marker()).isEqualTo(Members.marker(150, 1));
        }
    }
}
