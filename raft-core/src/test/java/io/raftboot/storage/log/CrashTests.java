package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.Members;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * A crash after every single operation of a fixed workload. What was acknowledged must be there, every entry, term and
 * vote; what was not may be there or not, but as a whole.
 */
class CrashTests {
    private static final long SEED = 20;

    /** What the log said at a point of the journal; the last one before a crash was acknowledged. */
    private record Acknowledged(int operations, LogModel model) {}

    private final JournalDisk disk = new JournalDisk();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final LogModel model = new LogModel();
    private long incarnation;

    @ParameterizedTest
    @EnumSource(JournalDisk.Crash.class)
    void everythingAcknowledgedSurvivesACrashAtAnyOperation(JournalDisk.Crash crash) throws Exception {
        runWorkload();
        int points = 0;
        for (int operations = 0; operations <= disk.operations().size(); operations++) {
            int variants = crash == JournalDisk.Crash.TORN || crash == JournalDisk.Crash.REORDERED ? 3 : 1;
            for (int variant = 0; variant < variants; variant++) {
                var random = new Random(SEED + variant);
                try {
                    check(disk.after(operations, crash, random), operations);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(
                            "Crash after operation " + operations + " ("
                                    + (operations == 0 ? "" : disk.operations().get(operations - 1)) + "), seed "
                                    + (SEED + variant),
                            e);
                }
                points++;
            }
        }
        assertThat(points).isGreaterThan(150);
        var kinds = disk.operations().stream()
                .collect(Collectors.groupingBy(
                        operation -> operation.getClass().getSimpleName(), TreeMap::new, Collectors.counting()));
        assertThat(kinds)
                .as("all that a storage does is among what it crashes at")
                .containsKeys("Create", "Write", "WriteZeros", "Force", "Rename", "Delete", "ForceDirectory");
        LoggerFactory.getLogger(CrashTests.class)
                .info("{}: {} of {} crashes recovered, after each of the operations {}", crash, points, points, kinds);
    }

    private void runWorkload() throws Exception {
        try (var storage = Members.open(disk)) {
            incarnation = storage.identity().incarnation();
            acknowledge();
            append(storage, LogWrite.entries(Members.hardState(2, 1, 1), Members.entries(2, 2, 3, 100)));
            for (int i = 0; i < 12; i++) {
                long next = model.lastIndex() + 1;
                append(storage, LogWrite.entries(null, Members.entries(2, next, 3, 200)));
                append(storage, LogWrite.entries(Members.hardState(2, 1, next), List.of()));
            }
            append(storage, LogWrite.entries(Members.hardState(3, 2, model.lastIndex() - 4), List.of()));
            append(storage, LogWrite.entries(null, Members.entries(3, model.lastIndex() - 3, 6, 150)));
            snapshot(storage, 20, 2);
            release(storage, 15);
            append(storage, LogWrite.entries(null, Members.entries(3, model.lastIndex() + 1, 20, 300)));
            snapshot(storage, 30, 2);
            release(storage, 30);
            storage.snapshots().retain(1);
            install(storage, model.lastIndex() + 10);
            append(storage, LogWrite.entries(null, Members.entries(4, model.lastIndex() + 1, 2, 100)));
            append(storage, LogWrite.entries(null, Members.entries(4, model.lastIndex() + 1, 1, 9000)));
            append(storage, LogWrite.entries(null, Members.entries(4, model.lastIndex() + 1, 2, 100)));
        }
        acknowledge();
        try (var storage = Members.open(disk)) {
            append(storage, LogWrite.entries(null, Members.entries(4, model.lastIndex() + 1, 2, 100)));
        }
    }

    private void append(MemberStorage storage, LogWrite write) throws Exception {
        Members.append(storage, write);
        model.apply(write);
        acknowledge();
    }

    private void snapshot(MemberStorage storage, long index, long term) throws Exception {
        var snapshot = Members.takeSnapshot(storage, index, term, state(index));
        model.apply(LogWrite.taken(snapshot));
        acknowledge();
    }

    private void release(MemberStorage storage, long index) throws Exception {
        storage.reader().compact(index);
        model.compact(index);
        acknowledge();
        storage.writer().release(index);
    }

    private void install(MemberStorage storage, long index) throws Exception {
        var other = new MemoryDisk();
        Snapshot snapshot;
        try (var leader = Members.open(other)) {
            Members.append(leader, LogWrite.installed(null, Members.marker(index, 4)));
            snapshot = Members.takeSnapshot(leader, index, 4, state(index));
            try (var pin = leader.snapshots().pin(snapshot);
                    var incoming = storage.snapshots().receive(snapshot)) {
                var bytes = ByteBuffer.allocate((int) pin.length());
                pin.read(0, bytes);
                incoming.write(bytes.flip());
                incoming.commit();
            }
        }
        append(storage, LogWrite.installed(Members.hardState(4, 0, index), snapshot));
    }

    private void acknowledge() {
        acknowledged.add(new Acknowledged(disk.operations().size(), model.copy()));
    }

    private void check(MemoryDisk left, int operations) throws Exception {
        int last = -1;
        while (last + 1 < acknowledged.size() && acknowledged.get(last + 1).operations() <= operations) {
            last++;
        }
        LogModel found;
        try (var storage = Members.open(left)) {
            assertThat(storage.created()).as("created anew").matches(created -> !created || operations < firstPoint());
            if (operations >= firstPoint()) {
                assertThat(storage.identity().incarnation()).isEqualTo(incarnation);
            }
            found = find(storage.reader(), Math.max(last, 0));
            assertCommitted(storage.reader());
            assertStateIsThere(storage);
            Members.append(
                    storage,
                    LogWrite.entries(null, Members.entries(9, storage.reader().lastIndex() + 1, 2, 700)));
            found.apply(LogWrite.entries(null, Members.entries(9, found.lastIndex() + 1, 2, 700)));
        }
        try (var storage = Members.open(left)) {
            assertThat(found.isSuffixOf(storage.reader()))
                    .as("opened once more")
                    .isTrue();
        }
    }

    private int firstPoint() {
        return acknowledged.get(0).operations();
    }

    /** What was acknowledged last, or what was under way. */
    private LogModel find(LogReader reader, int last) throws Exception {
        for (int i = last; i < Math.min(last + 2, acknowledged.size()); i++) {
            if (acknowledged.get(i).model().isSuffixOf(reader)) {
                return acknowledged.get(i).model().copy();
            }
        }
        throw new AssertionError("The log [" + reader.firstIndex() + ", " + reader.lastIndex() + "] with "
                + reader.initialState() + " and " + reader.marker() + " was neither acknowledged nor under way");
    }

    private static void assertCommitted(LogReader reader) {
        long commit = reader.initialState().hardState().getCommit();
        assertThat(commit).isBetween(reader.marker().getMetadata().getIndex(), reader.lastIndex());
        assertThat(reader.marker().getMetadata().getIndex()).isGreaterThanOrEqualTo(reader.firstIndex() - 1);
    }

    private static void assertStateIsThere(MemberStorage storage) throws Exception {
        var marker = storage.reader().marker();
        if (!marker.getData().isEmpty()) {
            try (var reader = storage.snapshots().open(marker)) {
                var section = Objects.requireNonNull(reader.section("state"));
                assertThat(section.readAllBytes())
                        .isEqualTo(state(marker.getMetadata().getIndex()));
            }
        }
    }

    private static byte[] state(long index) {
        return ("state at " + index).repeat(100).getBytes(StandardCharsets.UTF_8);
    }

    /** A run is counted in the file that says whose directory it is: it must be there, whenever that ends. */
    @ParameterizedTest
    @EnumSource(JournalDisk.Crash.class)
    void directoryIsThatOfItsMemberAfterACrashAtAnyOperationWithWhichARunBegins(JournalDisk.Crash crash)
            throws Exception {
        int before;
        try (var storage = Members.open(disk)) {
            incarnation = storage.identity().incarnation();
            before = disk.operations().size();
            storage.beginRun(true);
            storage.beginRun(false);
        }
        for (int operations = before; operations <= disk.operations().size(); operations++) {
            try (var storage = Members.open(disk.after(operations, crash, new Random(SEED)))) {
                assertThat(storage.created()).isFalse();
                assertThat(storage.identity().incarnation()).isEqualTo(incarnation);
                assertThat(storage.identity().runs()).isBetween(0L, 2L);
                boolean over = operations == disk.operations().size();
                assertThat(!over || storage.identity().runs() == 2)
                        .as("what was counted stays counted")
                        .isTrue();
            }
        }
    }

    /** What a crash has left of a batch is not there any more once something may be written behind it. */
    @Test
    void whatIsTornIsZerosOnceTheLogIsOpen() throws Exception {
        int before;
        try (var storage = Members.open(disk)) {
            append(storage, LogWrite.entries(Members.hardState(2, 1, 1), Members.entries(2, 2, 3, 100)));
            before = disk.operations().size();
            append(storage, LogWrite.entries(null, Members.entries(2, 5, 2, 700)));
        }
        int torn = 0;
        for (int operations = before; operations <= disk.operations().size(); operations++) {
            for (int variant = 0; variant < 10; variant++) {
                var left = disk.after(operations, JournalDisk.Crash.TORN, new Random(SEED + variant));
                torn += findUnfinished(left) > 0 ? 1 : 0;

                Members.open(left).close();

                assertThat(findUnfinished(left))
                        .as("after operation %s", operations)
                        .isZero();
            }
        }
        assertThat(torn).isPositive();
    }

    private static long findUnfinished(MemoryDisk left) throws IOException {
        return LogRecovery.scan(left, Members.DIRECTORY.resolve("wal")).findUnfinished();
    }

    @Test
    void creationThatFailsAtAnyOperationIsBegunAnew() throws Exception {
        runWorkload();
        int refused = 0;
        for (int failing = 0; failing < firstPoint(); failing++) {
            int number = failing;
            var failed = new JournalDisk();
            failed.failAt(operation -> operation == number);
            var outcome = catchThrowable(() -> Members.open(failed).close());
            assertThat(outcome)
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isInstanceOf(IOException.class),
                            // Preparing the next segment is not part of the creation.
                            thrown -> assertThat(thrown).isNull());
            refused += outcome == null ? 0 : 1;
            failed.failAt(operation -> false);
            try (var storage = Members.open(failed)) {
                new LogModel().assertEquals(storage.reader());
            }
        }
        assertThat(refused).isGreaterThan(firstPoint() / 2);
    }

    @ParameterizedTest
    @EnumSource(JournalDisk.Crash.class)
    void appendOfSeveralBatchesIsAValidLogAfterEachOfThem(JournalDisk.Crash crash) throws Exception {
        var options = Members.smallOptions(SEED).withMaxBatchSizeBytes(StorageOptions.MIN_BATCH_SIZE_BYTES);
        var journal = new JournalDisk();
        int before;
        try (var storage = MemberStorage.open(journal, Members.DIRECTORY, Members.FIRST_OF_THREE, options)) {
            Members.append(storage, LogWrite.entries(Members.hardState(2, 1, 3), Members.entries(2, 2, 5, 100)));
            before = journal.operations().size();
            var writes = List.of(
                    LogWrite.entries(Members.hardState(3, 2, 4), Members.entries(3, 5, 10, 300)),
                    LogWrite.entries(Members.hardState(3, 2, 20), Members.entries(3, 12, 20, 300)));
            var update = storage.writer().append(writes);
            assertThat(update.batches()).hasSizeGreaterThan(4);
            storage.reader().advance(update);
            assertThat(storage.reader().lastIndex()).isEqualTo(31);
        }
        for (int operations = before; operations <= journal.operations().size(); operations++) {
            try (var storage = Members.open(journal.after(operations, crash, new Random(SEED)))) {
                var reader = storage.reader();
                var state = reader.initialState().hardState();
                assertThat(reader.term(reader.lastIndex())).isEqualTo(state.getTerm());
                assertThat(reader.term(4)).isEqualTo(2);
                assertThat(state.getVote()).isEqualTo(state.getTerm() - 1);
                // Entries that the second write replaces were not committed, whatever it says about its own.
                boolean complete = reader.lastIndex() == 31;
                assertThat(state.getCommit()).isLessThanOrEqualTo(complete ? 20 : 4);
            }
        }
    }

    @Test
    void segmentThatCanNotBePreparedEndsTheWriter() throws Exception {
        var failed = new JournalDisk();
        try (var storage = Members.open(failed)) {
            failed.failAt(operation -> failed.operations().get(operation).name().endsWith(".tmp"));
            var thrown = catchThrowable(() -> {
                for (int i = 0; i < 30; i++) {
                    Members.append(storage, Members.entries(1, 2 + i, 1, 400));
                }
            });
            assertThat(thrown).isInstanceOf(IOException.class).hasMessageContaining(".wal.tmp");
        }
        assertThat(failed.failures()).as("nothing is tried again").isEqualTo(1);
    }

    @Test
    void firstFailureOfAWriteOrForceEndsTheWriter() throws Exception {
        runWorkload();
        for (int failing = 0; failing < 3; failing++) {
            var failed = new JournalDisk();
            var storage = Members.open(failed);
            Members.append(storage, Members.entries(1, 2, 1, 10));
            int number = failed.operations().size() + failing;
            failed.failAt(operation -> operation == number);
            var writes = List.of(LogWrite.entries(null, Members.entries(1, 3, 1, 10)));
            assertThat(catchThrowable(() -> storage.writer().append(writes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Injected");
            int after = failed.operations().size();
            assertThat(catchThrowable(() -> storage.writer().append(writes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("earlier failure");
            assertThat(catchThrowable(() -> storage.writer().release(0))).isInstanceOf(IOException.class);
            storage.close();
            assertThat(failed.operations()).as("nothing is tried again").hasSize(after);
            try (var opened = Members.open(failed)) {
                assertThat(opened.reader().lastIndex()).isBetween(2L, 3L);
            }
        }
    }

    @Test
    void lastBatchIsWrittenAgainBeforeItIsTrustedIfItsForceMayHaveFailed() throws Exception {
        var failed = new JournalDisk();
        var storage = Members.open(failed);
        int number = failed.operations().size() + 1;
        failed.failAt(operation -> operation == number);
        var writes = List.of(LogWrite.entries(null, Members.entries(1, 2, 1, 10)));
        assertThat(catchThrowable(() -> storage.writer().append(writes))).isInstanceOf(IOException.class);
        storage.close();
        int before = failed.operations().size();
        try (var opened = Members.open(failed)) {
            assertThat(opened.reader().lastIndex()).isEqualTo(2);
        }
        assertThat(failed.operations().subList(before, failed.operations().size()))
                .extracting(operation -> operation.getClass().getSimpleName() + " " + operation.name())
                .containsSubsequence("Write 0000000000000001.wal", "Force 0000000000000001.wal");
    }
}
