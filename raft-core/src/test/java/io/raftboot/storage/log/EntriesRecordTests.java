package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.storage.Members;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesRecordTests {
    private static final ByteString DATA = ByteString.copyFromUtf8("data");

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4 * 1024 * 1024).order(ByteOrder.LITTLE_ENDIAN);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsReadEqualsWhatWasWritten(long seed) throws IOException {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            assertRoundTrip(randomEntries(random), random);
        }
    }

    private static List<Entry> randomEntries(Random random) {
        long index = random.nextInt(4) == 0 ? 0 : random.nextLong() >>> (1 + random.nextInt(Long.SIZE - 1));
        long term = random.nextInt(4) == 0 ? 0 : random.nextLong() >>> (1 + random.nextInt(Long.SIZE - 1));
        int count = 1 + random.nextInt(30);
        boolean severalTerms = random.nextInt(3) == 0;
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < count; i++) {
            if (severalTerms && random.nextInt(4) == 0) {
                term += 1 + random.nextInt(3);
            }
            entries.add(randomEntry(random, index + i, term));
        }
        return entries;
    }

    private static Entry randomEntry(Random random, long index, long term) {
        var entry = Entry.newBuilder();
        if (random.nextBoolean()) {
            entry.setType(EntryType.forNumber(random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0));
        }
        if (term != 0 || random.nextBoolean()) {
            entry.setTerm(term);
        }
        if (index != 0 || random.nextBoolean()) {
            entry.setIndex(index);
        }
        if (random.nextInt(16) > 0) {
            var data = new byte[random.nextInt(32) == 0 ? random.nextInt(70_000) : random.nextInt(300)];
            random.nextBytes(data);
            var string = ByteString.copyFrom(data);
            entry.setData(random.nextInt(8) == 0 ? string.concat(string) : string);
        }
        if (random.nextInt(16) == 0) {
            entry.setUnknownFields(unknownField(random.nextLong()));
        }
        return entry.build();
    }

    private static UnknownFieldSet unknownField(long value) {
        var field = UnknownFieldSet.Field.newBuilder().addVarint(value).build();
        return UnknownFieldSet.newBuilder().addField(15, field).build();
    }

    @Test
    void fieldsThatAreAbsentStayAbsent() throws IOException {
        for (int fields = 0; fields < 1 << 5; fields++) {
            var entry = Entry.newBuilder();
            if ((fields & 1) != 0) {
                entry.setType(EntryType.ENTRY_NORMAL);
            }
            if ((fields & 2) != 0) {
                entry.setTerm(0);
            }
            if ((fields & 4) != 0) {
                entry.setIndex(0);
            }
            if ((fields & 8) != 0) {
                entry.setData(ByteString.EMPTY);
            }
            if ((fields & 16) != 0) {
                entry.setUnknownFields(unknownField(1));
            }
            assertRoundTrip(List.of(entry.build()), new Random(1));
            assertThat(EntriesRecord.sizeBytes(entry.build()))
                    .isEqualTo(4 + ((fields | 1) == 15 ? 0 : entry.build().getSerializedSize()));
        }
    }

    @Test
    void dataOfEveryLengthOfTheRecordsLengthIsReadBack() throws IOException {
        for (int body : new int[] {20, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152}) {
            assertRoundTrip(List.of(Members.entry(3, 7, body - 20)), new Random(1));
        }
    }

    @Test
    void entryThatWasReceivedTakesFourBytesBesideItsData() throws IOException {
        var entry = Entry.parseFrom(entry(2, 5).toByteString());
        assertThat(EntriesRecord.sizeBytes(entry)).isEqualTo(4 + DATA.size());
    }

    @Test
    void bytesAreThoseOfTheDocumentedFormat() throws IOException {
        var entries = List.of(
                entry(2, 258),
                entry(2, 259).toBuilder()
                        .setType(EntryType.ENTRY_CONF_CHANGE_V2)
                        .build(),
                entry(2, 260).toBuilder().clearType().build(),
                entry(2, 261).toBuilder().setUnknownFields(unknownField(1)).build(),
                entry(3, 262));
        assertThat(written(entries))
                .isEqualTo(HexFormat.of()
                        .parseHex("01" + "3b" + "0200000000000000" + "0201000000000000"
                                + "20000000" + "64617461"
                                + "22000000" + "64617461"
                                + "26000000" + "64617461"
                                + "7f000000" + "0800" + "1002" + "188502" + "220464617461" + "7801"
                                + "01" + "18" + "0300000000000000" + "0601000000000000"
                                + "20000000" + "64617461"));
    }

    private void assertRoundTrip(List<Entry> entries, Random random) throws IOException {
        written(entries);
        var records = new RecordCursor(buffer.duplicate());
        var read = new ArrayList<Entry>();
        long term = -1;
        while (records.next()) {
            assertThat(records.type()).isEqualTo(RecordType.ENTRIES);
            var cursor = records.entries();
            assertThat(cursor.term()).as("a record for each term").isGreaterThan(term);
            term = cursor.term();
            while (cursor.next()) {
                var expected = entries.get(read.size());
                assertThat(cursor.index()).isEqualTo(expected.getIndex());
                assertThat(cursor.changesConfiguration()).isEqualTo(expected.getType() != EntryType.ENTRY_NORMAL);
                read.add(cursor.entry());
            }
        }
        assertThat(read).isEqualTo(entries);
        assertMovesTo(entries, random);
    }

    private void assertMovesTo(List<Entry> entries, Random random) throws IOException {
        var records = new RecordCursor(buffer.duplicate());
        records.next();
        var cursor = records.entries();
        int end = EntriesRecord.termEnd(entries, 0);
        int wanted = random.nextInt(end);
        assertThat(cursor.moveTo(cursor.firstIndex() + wanted)).isTrue();
        assertThat(cursor.entry()).isEqualTo(entries.get(wanted));
        assertThat(cursor.moveTo(cursor.firstIndex() + end)).isFalse();
    }

    /** The records of the entries, which are in the buffer as well. */
    private byte[] written(List<Entry> entries) throws IOException {
        int sizeBytes = entries.stream().mapToInt(EntriesRecord::sizeBytes).sum();
        buffer.clear();
        int total = 0;
        for (var record : EntriesRecord.of(entries, sizeBytes)) {
            record.writeTo(buffer);
            total += record.sizeBytes();
        }
        var bytes = new byte[buffer.flip().remaining()];
        buffer.get(0, bytes);
        assertThat(total).isEqualTo(bytes.length);
        return bytes;
    }

    @Test
    void entriesThatNoRecordMayHoldAreRefused() {
        assertNotWritten(List.of(entry(1, 5), entry(1, 7)));
        assertNotWritten(List.of(entry(1, 5), entry(1, 5)));
        assertNotWritten(List.of(entry(1, 5), entry(1, 7), entry(1, 6), entry(1, 8)));
        assertNotWritten(List.of(entry(1, 5), entry(2, 6), entry(1, 7)));
        assertThat(EntriesRecord.of(List.of(), 0)).isEmpty();
    }

    private void assertNotWritten(List<Entry> entries) {
        assertThatIllegalArgumentException().isThrownBy(() -> written(entries)).withMessageContaining(" should be");
    }

    @Test
    void recordIsNotWrittenWithAnotherLengthThanItSays() {
        var record = new EntriesRecord(List.of(entry(1, 5)), EntriesRecord.sizeBytes(entry(1, 5)) + 1);
        assertThatIllegalStateException().isThrownBy(() -> record.writeTo(buffer.clear()));
    }

    @Test
    void entryThatIsTooLongForItsHeadIsRefused() {
        var data = DATA;
        // A rope of the same pieces, so this takes no memory.
        while (data.size() <= EntriesRecord.MAX_LENGTH) {
            data = data.concat(data);
        }
        var largest = entry(1, 5).toBuilder()
                .setData(data.substring(0, EntriesRecord.MAX_LENGTH))
                .build();
        assertThat(EntriesRecord.sizeBytes(largest)).isEqualTo(4 + EntriesRecord.MAX_LENGTH);
        assertTooLong(largest.toBuilder().setData(data).build());
        assertTooLong(largest.toBuilder().setUnknownFields(unknownField(1)).build());
    }

    private static void assertTooLong(Entry entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntriesRecord.sizeBytes(entry))
                .withMessageContaining("more than 268435455");
    }

    static Stream<String> malformed() {
        var begin = "0000000000000000" + "0500000000000000";
        var wholeOfTerm0AndIndex5 = "0800" + "1805" + "2200";
        return Stream.of(
                "",
                begin.substring(2),
                begin,
                begin + "00",
                begin + "000000",
                begin + "08000000",
                begin + "00000000" + "000000",
                begin + "10000000" + "64",
                begin + "f8ffffff" + "6464",
                begin + "03000000",
                begin + "04000000",
                begin + "05000000",
                begin + "07000000",
                begin + "17000000" + "1804",
                begin + "27000000" + "1805" + "1001",
                begin + "37000000" + wholeOfTerm0AndIndex5.replace("2200", "2207"),
                begin + "37000000" + wholeOfTerm0AndIndex5 + "37000000" + wholeOfTerm0AndIndex5);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void bodyThatMakesNoSenseIsRefused(String body) {
        assertThatExceptionOfType(InvalidProtocolBufferException.class).isThrownBy(() -> lastOf(body, false));
        assertThatExceptionOfType(InvalidProtocolBufferException.class).isThrownBy(() -> lastOf(body, true));
    }

    /** So that what is refused above is refused for what it is meant for. */
    @Test
    void bodiesLikeThoseThatAreRefusedAreRead() throws IOException {
        var begin = "0000000000000000" + "0500000000000000";
        assertThat(lastOf(begin + "00000000", true).getIndex()).isEqualTo(5);
        assertThat(lastOf(begin + "06000000", true).hasType()).isFalse();
        assertThat(lastOf(begin + "17000000" + "1805", true).hasTerm()).isFalse();
        assertThat(lastOf(begin + "37000000" + "0800" + "1805" + "2200" + "27000000" + "0800" + "1806", true))
                .isEqualTo(Entry.newBuilder()
                        .setType(EntryType.ENTRY_NORMAL)
                        .setIndex(6)
                        .build());
    }

    private static Entry lastOf(String body, boolean lookAtHeads) throws IOException {
        var bytes = HexFormat.of().parseHex(body);
        var record = ByteBuffer.allocate(2 + bytes.length)
                .put(RecordType.ENTRIES)
                .put((byte) bytes.length)
                .put(bytes);
        var records = new RecordCursor(record.flip());
        records.next();
        var cursor = records.entries();
        var last = Entry.getDefaultInstance();
        while (cursor.next()) {
            if (lookAtHeads) {
                cursor.changesConfiguration();
            }
            last = cursor.entry();
        }
        return last;
    }

    @Test
    void recordsThatAreCutAreRefused() {
        for (var record : List.of("01", "0105", "0180", "01ffffffffffffffffffff01", "01ffffffffffffffffff01", "01ff")) {
            var bytes = ByteBuffer.wrap(HexFormat.of().parseHex(record));
            assertThatExceptionOfType(InvalidProtocolBufferException.class)
                    .isThrownBy(() -> new RecordCursor(bytes).next());
        }
    }

    private static Entry entry(long term, long index) {
        return Entry.newBuilder()
                .setType(EntryType.ENTRY_NORMAL)
                .setTerm(term)
                .setIndex(index)
                .setData(DATA)
                .build();
    }
}
