package io.raftboot.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryEncoderTests {
    private static final long SEED = 20261122;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1024 * 1024).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void writesWhatTheGeneratedClassWrites() throws IOException {
        var random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            var entry = Entry.newBuilder();
            if (random.nextInt(8) > 0) {
                entry.setType(random.nextBoolean() ? EntryType.ENTRY_NORMAL : EntryType.ENTRY_CONF_CHANGE_V2);
            }
            if (random.nextInt(8) > 0) {
                entry.setTerm(number(random));
            }
            if (random.nextInt(8) > 0) {
                entry.setIndex(number(random));
            }
            if (random.nextInt(8) > 0) {
                var data = new byte[random.nextInt(8) == 0 ? random.nextInt(70_000) : random.nextInt(300)];
                random.nextBytes(data);
                var string = ByteString.copyFrom(data);
                entry.setData(random.nextInt(8) == 0 ? string.concat(string) : string);
            }
            if (random.nextInt(16) == 0) {
                var field = UnknownFieldSet.Field.newBuilder().addVarint(number(random));
                entry.setUnknownFields(
                        UnknownFieldSet.newBuilder().addField(15, field.build()).build());
            }
            assertWrittenAlike(entry.build());
        }
    }

    @Test
    void lengthsAtTheLimitsOfTheirEncodingAreWrittenAlike() throws IOException {
        for (int size : new int[] {0, 1, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385, 300_000}) {
            assertWrittenAlike(Entry.newBuilder()
                    .setData(ByteString.copyFrom(new byte[size]))
                    .build());
        }
        for (int shift = 0; shift < Long.SIZE; shift++) {
            for (long value : new long[] {(1L << shift) - 1, 1L << shift, -1L << shift}) {
                assertWrittenAlike(
                        Entry.newBuilder().setTerm(value).setIndex(value).build());
            }
        }
    }

    private void assertWrittenAlike(Entry entry) throws IOException {
        EntryEncoder.write(buffer.clear(), entry);
        var written = new byte[buffer.flip().remaining()];
        buffer.get(written);
        var expected = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(expected);
        out.write(RecordType.ENTRY);
        out.writeUInt32NoTag(entry.getSerializedSize());
        entry.writeTo(out);
        out.flush();
        assertThat(written).as("seed %d, %s", SEED, entry).isEqualTo(expected.toByteArray());
        assertThat(EntryEncoder.sizeBytes(entry)).isEqualTo(written.length);

        var cursor = new RecordCursor(buffer.duplicate().rewind());
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.type()).isEqualTo(RecordType.ENTRY);
        assertThat(cursor.entry()).as("seed %d", SEED).isEqualTo(entry);
        assertThat(cursor.next()).isFalse();
        cursor = new RecordCursor(buffer.duplicate().rewind());
        cursor.next();
        assertThat(cursor.entryHead())
                .isEqualTo(new RecordCursor.EntryHead(
                        entry.getIndex(), entry.getTerm(), entry.getType() != EntryType.ENTRY_NORMAL));
    }

    @Test
    void recordsThatAreCutOrSayTooMuchAreRefused() {
        assertRefused(new byte[] {RecordType.ENTRY});
        assertRefused(new byte[] {RecordType.ENTRY, 5, 0x10, 1});
        assertRefused(new byte[] {RecordType.ENTRY, 2, 0x10, (byte) 0x81, 1});
        assertRefused(new byte[] {RecordType.ENTRY, 3, 0x22, 2, 1});
        assertRefused(new byte[] {RecordType.ENTRY, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0x10, 1});
    }

    private static void assertRefused(byte[] record) {
        assertThatThrownBy(() -> {
                    var cursor = new RecordCursor(ByteBuffer.wrap(record));
                    cursor.next();
                    cursor.entry();
                })
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    private static long number(Random random) {
        return random.nextLong() >>> random.nextInt(Long.SIZE);
    }
}
