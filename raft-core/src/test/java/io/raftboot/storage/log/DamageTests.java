package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.Members;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.disk.Checksum;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.ForcedSlots;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Damages a directory in every place, and opens it: it is recovered as it was, or refused with file and offset. Never is
 * it opened and says something else.
 */
class DamageTests {
    private static final byte[] STATE = "the state of a machine".repeat(20).getBytes(StandardCharsets.UTF_8);

    private enum Outcome {
        RECOVERED,
        REFUSED
    }

    /** How the member that wrote the directory came to its end. */
    private enum End {
        IN_ORDER,
        KILLED
    }

    /** By test. Anything else than the two outcomes fails the test. */
    private static final Map<String, Map<Outcome, Integer>> COUNTS = new TreeMap<>();

    private final LogModel model = new LogModel();
    private Map<Outcome, Integer> counts = Map.of();

    @BeforeEach
    void count(TestInfo test) {
        counts = COUNTS.computeIfAbsent(
                test.getTestMethod().orElseThrow().getName(), name -> new EnumMap<>(Outcome.class));
    }

    @AfterAll
    static void report() {
        COUNTS.forEach((test, counts) -> LoggerFactory.getLogger(DamageTests.class)
                .info(
                        "{}: recovered {}, refused {}, wrong 0",
                        test,
                        counts.getOrDefault(Outcome.RECOVERED, 0),
                        counts.getOrDefault(Outcome.REFUSED, 0)));
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void flippedByteOfTheLastBatchIsRefused(End end) throws Exception {
        var image = image(end);
        var segment = lastSegment(image);
        var batches = batches(image.bytes(segment));
        var last = batches.get(batches.size() - 1);
        assertThat(flipEach(image, segment, last.offset(), last.dataEnd())).containsOnly(Outcome.REFUSED);
        // Nothing was ever written there, so nothing is lost.
        assertThat(flipEach(image, segment, last.dataEnd(), last.end())).containsOnly(Outcome.RECOVERED);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void flippedByteOfAMiddleBatchIsRefused(End end) throws Exception {
        var image = image(end);
        var segment = DiskImage.path("wal").resolve(Segment.name(1));
        var batches = batches(image.bytes(segment));
        var middle = batches.get(batches.size() / 2);
        assertThat(flipEach(image, segment, middle.offset(), middle.dataEnd())).containsOnly(Outcome.REFUSED);
        var lastOfSegment = batches.get(batches.size() - 1);
        assertThat(flipEach(image, segment, lastOfSegment.offset(), lastOfSegment.dataEnd()))
                .containsOnly(Outcome.REFUSED);
    }

    @Test
    void flippedByteOfASegmentHeaderIsRefused() throws Exception {
        var image = image(End.KILLED);
        assertThat(flipEach(image, lastSegment(image), 0, Segment.HEADER_SIZE)).containsOnly(Outcome.REFUSED);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void flippedBitOfAHeaderIsRefused(End end) throws Exception {
        var image = image(end);
        var segment = lastSegment(image);
        assertThat(flipEachBit(image, segment, 0, Segment.HEADER_SIZE)).containsOnly(Outcome.REFUSED);
        for (var batch : batches(image.bytes(segment))) {
            assertThat(flipEachBit(image, segment, batch.offset(), batch.offset() + BatchFormat.HEADER_SIZE))
                    .containsOnly(Outcome.REFUSED);
        }
    }

    /** A new type of record is a new version of the segment: in one of this version it can only be damage. */
    @Test
    void recordOfAnUnknownTypeIsRefused() throws Exception {
        var image = image(End.KILLED);
        var segment = lastSegment(image);
        var batch = batches(image.bytes(segment)).get(0);
        var damaged = withPayload(image, segment, batch, payload -> payload.put(0, (byte) 77));
        assertRefused(damaged, "unknown type 77");
    }

    /** Bytes that are as they were written, by software that is wrong. */
    @Test
    void entriesThatMakeNoSenseAreRefused() throws Exception {
        var image = image(End.KILLED);
        var segment = DiskImage.path("wal").resolve(Segment.name(1));
        var batch = batches(image.bytes(segment)).get(1);
        var record = ByteBuffer.wrap(image.bytes(segment), batch.offset() + BatchFormat.HEADER_SIZE, 3);
        assertThat(record.get()).isEqualTo(RecordType.ENTRIES);
        assertThat(record.getShort()).as("a length of two bytes").isLessThan((short) 0);
        int body = 3;
        int head = body + EntriesRecord.BODY_HEAD_SIZE;
        int dataSize = image.bytes(segment).length;

        Map<String, Consumer<ByteBuffer>> wrong = Map.of(
                "has term 0, less than 1", payload -> payload.putLong(body, 0),
                "entry 3 does not follow 1", payload -> payload.putLong(body + Long.BYTES, 3),
                "is longer than its record", payload -> payload.putInt(head, dataSize << EntriesRecord.KIND_BITS),
                "unknown kind 5", payload -> payload.putInt(head, payload.getInt(head) | 5),
                "where 2 of term 2 should be", payload -> putWhole(payload, head, Members.entry(2, 9, 60)));
        for (var message : wrong.keySet()) {
            var damaged = withPayload(image, segment, batch, wrong.get(message));
            assertRefused(damaged, "batch 2 is whole but makes no sense: ", message);
        }
    }

    private static void putWhole(ByteBuffer payload, int head, Entry entry) {
        int length = payload.getInt(head) >>> EntriesRecord.KIND_BITS;
        var bytes = entry.toBuilder()
                .setData(ByteString.copyFrom(
                        new byte
                                [length
                                        - entry.getSerializedSize()
                                        + entry.getData().size()]))
                .build()
                .toByteArray();
        payload.putInt(head, (bytes.length << EntriesRecord.KIND_BITS) | EntriesRecord.WHOLE);
        payload.put(head + EntriesRecord.ENTRY_HEAD_SIZE, bytes);
    }

    private void assertRefused(DiskImage image, String... messages) throws Exception {
        assertThat(open(image)).isEqualTo(Outcome.REFUSED);
        var disk = image.toDisk();
        assertThat(catchThrowableOfType(StorageOpenException.class, () -> Members.open(disk)))
                .hasMessageContainingAll(messages);
    }

    /** With another payload of the same length, and the checksum that it needs. */
    private static DiskImage withPayload(DiskImage image, Path segment, Place batch, Consumer<ByteBuffer> change) {
        return image.with(segment, bytes -> {
            var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int length = buffer.getInt(batch.offset() + BatchFormat.LENGTH_AT);
            change.accept(buffer.slice(batch.offset() + BatchFormat.HEADER_SIZE, length)
                    .order(ByteOrder.LITTLE_ENDIAN));
            buffer.putInt(
                    batch.offset() + BatchFormat.CHECKSUM_AT,
                    BatchFormat.checksum(new CRC32C(), buffer, batch.offset(), length));
            return bytes;
        });
    }

    @Test
    void flippedByteOfTheNotedEndIsMadeUpForByTheOtherSlot() throws Exception {
        var image = image(End.KILLED);
        var slots = DiskImage.path("wal").resolve(ForcedSlots.NAME);
        assertThat(flipEach(image, slots, 0, ForcedSlots.SLOT_SIZE)).containsOnly(Outcome.RECOVERED);
        int second = ForcedSlots.SLOT_DISTANCE;
        assertThat(flipEach(image, slots, second, second + ForcedSlots.SLOT_SIZE))
                .containsOnly(Outcome.RECOVERED);
        assertThat(open(image.with(slots, bytes -> new byte[bytes.length]))).isEqualTo(Outcome.REFUSED);
        assertThat(open(image.without(slots))).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void flippedByteOfTheIdentityIsRefused() throws Exception {
        var image = image(End.IN_ORDER);
        var identity = DiskImage.path("identity");
        assertThat(flipEach(image, identity, 0, image.bytes(identity).length)).containsOnly(Outcome.REFUSED);
        assertThat(truncateEach(image, identity)).containsOnly(Outcome.REFUSED);
        assertThat(open(image.without(identity))).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void flippedByteOfASnapshotIsRefused() throws Exception {
        var image = image(End.IN_ORDER);
        var snapshot = image.last("snapshots", ".snap");
        assertThat(flipEach(image, snapshot, 0, image.bytes(snapshot).length)).containsOnly(Outcome.REFUSED);
        assertThat(truncateEach(image, snapshot)).containsOnly(Outcome.REFUSED);
        assertThat(open(image.without(snapshot))).isEqualTo(Outcome.REFUSED);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void logCutAtAnyLengthIsRefusedUnlessNothingWasThere(End end) throws Exception {
        var image = image(end);
        var segment = lastSegment(image);
        var bytes = image.bytes(segment);
        var batches = batches(bytes);
        int dataEnd = batches.get(batches.size() - 1).dataEnd();
        for (int length = 0; length < bytes.length; length++) {
            int cut = length;
            assertThat(open(image.with(segment, all -> Arrays.copyOf(all, cut))))
                    .as("cut at %d", cut)
                    .isEqualTo(cut < dataEnd ? Outcome.REFUSED : Outcome.RECOVERED);
        }
    }

    @Test
    void sectorOfZerosInTheMiddleIsRefused() throws Exception {
        var image = image(End.KILLED);
        for (long number : new long[] {1, 2}) {
            var segment = DiskImage.path("wal").resolve(Segment.name(number));
            for (var batch : batches(image.bytes(segment))) {
                for (int at = batch.offset(); at < batch.end(); at += BatchFormat.ALIGNMENT) {
                    int sector = at;
                    var damaged = image.with(segment, bytes -> {
                        Arrays.fill(bytes, sector, sector + BatchFormat.ALIGNMENT, (byte) 0);
                        return bytes;
                    });
                    assertThat(open(damaged)).as("sector at %d", at).isEqualTo(Outcome.REFUSED);
                }
            }
        }
    }

    @Test
    void garbageBehindTheEndIsCut() throws Exception {
        var image = image(End.KILLED);
        var segment = lastSegment(image);
        var batches = batches(image.bytes(segment));
        int end = batches.get(batches.size() - 1).end();
        var random = new Random(3);
        for (int i = 0; i < 50; i++) {
            var garbage = new byte[1 + random.nextInt(1000)];
            random.nextBytes(garbage);
            int at = end + random.nextInt(Math.min(600, image.bytes(segment).length - end));
            assertThat(open(image.with(segment, bytes -> put(bytes, at, garbage))))
                    .isEqualTo(Outcome.RECOVERED);
        }
    }

    /** The next segment is there before anything is in it; what is found there was never acknowledged. */
    @Test
    void garbageInTheNextSegmentIsCut() throws Exception {
        var image = image(End.KILLED);
        long number = Segment.number(lastSegment(image).getFileName().toString()) + 1;
        var next = DiskImage.path("wal").resolve(Segment.name(number));
        assertThat(image.has(next)).isTrue();
        var random = new Random(5);
        for (int i = 0; i < 50; i++) {
            var garbage = new byte[1 + random.nextInt(1000)];
            random.nextBytes(garbage);
            int at = Segment.HEADER_SIZE + random.nextInt(2000);
            assertThat(open(image.with(next, bytes -> put(bytes, at, garbage)))).isEqualTo(Outcome.RECOVERED);
        }
    }

    @Test
    void batchThatWasBegunAndNotAcknowledgedIsCutAtAnyLength() throws Exception {
        var disk = new JournalDisk();
        write(disk, End.KILLED);
        var before = DiskImage.of(disk);
        try (var storage = Members.open(before.toDisk())) {
            assertThat(storage.reader().lastIndex()).isEqualTo(model.lastIndex());
        }
        var appended = before.toDisk();
        var storage = Members.open(appended);
        Members.append(storage, Members.entries(3, model.lastIndex() + 1, 1, 700));
        var after = DiskImage.of(appended);
        var segment = lastSegment(after);
        var batches = batches(after.bytes(segment));
        var last = batches.get(batches.size() - 1);
        for (int length = last.offset(); length < last.dataEnd(); length++) {
            int cut = length;
            // As the process leaves it when it dies between write and note: the slots are those before.
            var torn = before.with(segment, bytes -> put(bytes, 0, Arrays.copyOf(after.bytes(segment), cut)));
            assertThat(open(torn)).isEqualTo(Outcome.RECOVERED);
        }
    }

    @Test
    void missingSegmentIsRefused() throws Exception {
        var image = image(End.KILLED);
        var last = lastSegment(image);
        assertThat(open(image.without(last))).isEqualTo(Outcome.REFUSED);
        long number = Segment.number(last.getFileName().toString());
        for (long missing = 1; missing < number; missing++) {
            var path = DiskImage.path("wal").resolve(Segment.name(missing));
            // Segments before the snapshot may be missing: that is what deleting them looks like.
            assertThat(open(image.without(path))).isIn(Outcome.REFUSED, Outcome.RECOVERED);
        }
    }

    @Test
    void olderSegmentInPlaceOfTheLastIsRefused() throws Exception {
        var image = image(End.KILLED);
        var last = lastSegment(image);
        var first = image.bytes(DiskImage.path("wal").resolve(Segment.name(1)));
        assertThat(open(image.with(last, bytes -> first))).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void newerVersionIsNotCalledDamage() throws Exception {
        var image = image(End.IN_ORDER);
        var identity = DiskImage.path("identity");
        var newer = image.with(identity, bytes -> {
            var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2);
            return buffer.putInt(bytes.length - 4, Checksum.of(buffer, bytes.length - 4))
                    .array();
        });
        var disk = newer.toDisk();
        assertThat(catchThrowableOfType(StorageOpenException.class, () -> Members.open(disk))
                        .problem())
                .isEqualTo(Problem.UNSUPPORTED_VERSION);
    }

    /** Of version 1 there are none but from before the first release. */
    @ParameterizedTest
    @CsvSource({"1, with the version of the software that wrote it", "3, 'that wrote it, or a newer one'"})
    void otherVersionOfASegmentIsNotCalledDamage(int version, String advice) throws Exception {
        var image = image(End.KILLED);
        var segment = lastSegment(image);
        var disk = image.with(segment, bytes -> {
                    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                    int checksumAt = Segment.HEADER_SIZE - Integer.BYTES;
                    buffer.putInt(8, version);
                    return buffer.putInt(checksumAt, Checksum.of(buffer, checksumAt))
                            .array();
                })
                .toDisk();
        var refusal = catchThrowableOfType(StorageOpenException.class, () -> Members.open(disk));
        assertThat(refusal.problem()).isEqualTo(Problem.UNSUPPORTED_VERSION);
        assertThat(refusal)
                .hasMessageContainingAll(
                        segment.toString(), "has format version " + version, "knows only " + Segment.VERSION)
                .hasMessageEndingWith(advice);
        assertThat(refusal.getMessage()).doesNotContain("damage");
    }

    @Test
    void damageFoundWhenAnOldEntryIsReadBackStopsTheMember() throws Exception {
        var disk = new MemoryDisk();
        try (var storage = Members.open(disk)) {
            Members.append(storage, Members.entries(1, 2, 4, 300));
            Members.append(storage, Members.entries(1, 6, 20, 300));
            try (var file = disk.open(DiskImage.path("wal").resolve(Segment.name(1)))) {
                file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 1300);
            }
            assertThat(catchThrowable(() -> storage.reader().entries(3, 5, 1000)))
                    .hasCauseInstanceOf(CorruptionException.class)
                    .hasMessageContaining(Segment.name(1) + " at offset ");
        }
    }

    private Set<Outcome> flipEach(DiskImage image, Path path, int from, int to) throws Exception {
        var outcomes = EnumSet.noneOf(Outcome.class);
        for (int at = from; at < to; at++) {
            int flipped = at;
            outcomes.add(open(image.with(path, bytes -> {
                bytes[flipped] ^= (byte) (1 << (flipped % 8));
                return bytes;
            })));
        }
        return outcomes;
    }

    private Set<Outcome> flipEachBit(DiskImage image, Path path, int from, int to) throws Exception {
        var outcomes = EnumSet.noneOf(Outcome.class);
        for (int bit = from * Byte.SIZE; bit < to * Byte.SIZE; bit++) {
            int flipped = bit;
            outcomes.add(open(image.with(path, bytes -> {
                bytes[flipped / Byte.SIZE] ^= (byte) (1 << (flipped % Byte.SIZE));
                return bytes;
            })));
        }
        return outcomes;
    }

    private Set<Outcome> truncateEach(DiskImage image, Path path) throws Exception {
        var outcomes = EnumSet.noneOf(Outcome.class);
        for (int length = 0; length < image.bytes(path).length; length++) {
            int cut = length;
            outcomes.add(open(image.with(path, bytes -> Arrays.copyOf(bytes, cut))));
        }
        return outcomes;
    }

    private Outcome open(DiskImage image) throws Exception {
        var outcome = tryOpen(image);
        counts.merge(outcome, 1, Integer::sum);
        return outcome;
    }

    private Outcome tryOpen(DiskImage image) throws Exception {
        var disk = image.toDisk();
        try (var storage = Members.open(disk)) {
            assertThat(storage.created()).isFalse();
            assertThat(model.isSuffixOf(storage.reader())).as("same log").isTrue();
            try (var snapshot = storage.snapshots().open(storage.reader().marker())) {
                var section = Objects.requireNonNull(snapshot.section("state"));
                assertThat(section.readAllBytes()).isEqualTo(STATE);
            }
            return Outcome.RECOVERED;
        } catch (CorruptionException e) {
            // Of the body of a snapshot, found when it is read.
            return Outcome.REFUSED;
        } catch (StorageOpenException e) {
            assertThat(e.problem()).isEqualTo(Problem.CORRUPT);
            assertThat(e).hasMessageMatching("(?s).*/member.* at offset \\d+: .*");
            assertThat(DiskImage.of(disk).sameAs(image))
                    .as("nothing has changed")
                    .isTrue();
            return Outcome.REFUSED;
        }
    }

    private DiskImage image(End end) throws Exception {
        var disk = new JournalDisk();
        write(disk, end);
        return DiskImage.of(disk);
    }

    /** Three segments or so, cut and grown again, and a snapshot. */
    private void write(Disk disk, End end) throws Exception {
        var storage = Members.open(disk);
        append(storage, LogWrite.entries(Members.hardState(2, 3, 1), Members.entries(2, 2, 3, 100)));
        append(storage, LogWrite.entries(null, Members.entries(2, 5, 8, 100)));
        append(storage, LogWrite.entries(Members.hardState(3, 1, 5), Members.entries(3, 9, 4, 100)));
        var snapshot = Members.takeSnapshot(storage, 4, 2, STATE);
        model.apply(LogWrite.taken(snapshot));
        append(storage, LogWrite.entries(Members.hardState(3, 1, 11), Members.entries(3, 13, 2, 150)));
        append(storage, LogWrite.entries(null, Members.entries(3, 15, 4, 300)));
        append(storage, LogWrite.entries(null, Members.entries(3, 19, 1, 700)));
        append(storage, LogWrite.entries(null, Members.entries(3, 20, 2, 100)));
        if (end == End.IN_ORDER) {
            storage.close();
        }
    }

    private void append(MemberStorage storage, LogWrite write) throws IOException {
        Members.append(storage, write);
        model.apply(write);
    }

    private static byte[] put(byte[] bytes, int at, byte[] what) {
        System.arraycopy(what, 0, bytes, at, Math.min(what.length, bytes.length - at));
        return bytes;
    }

    /** The one that is written to; behind it there may be one that was prepared. */
    private static Path lastSegment(DiskImage image) {
        var segments = new ArrayList<Path>();
        for (long number = 1; image.has(DiskImage.path("wal").resolve(Segment.name(number))); number++) {
            var path = DiskImage.path("wal").resolve(Segment.name(number));
            if (!batches(image.bytes(path)).isEmpty()) {
                segments.add(path);
            }
        }
        return segments.get(segments.size() - 1);
    }

    /** Where a batch is, where its payload ends and its padding. */
    private record Place(int offset, int dataEnd, int end) {}

    private static List<Place> batches(byte[] segment) {
        var bytes = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
        var places = new ArrayList<Place>();
        int at = Segment.HEADER_SIZE;
        while (at + BatchFormat.HEADER_SIZE < segment.length && bytes.getInt(at) == BatchFormat.MAGIC) {
            int length = bytes.getInt(at + BatchFormat.LENGTH_AT);
            int end = at + BatchFormat.padded(length);
            places.add(new Place(at, at + BatchFormat.HEADER_SIZE + length, end));
            at = end;
        }
        return places;
    }
}
