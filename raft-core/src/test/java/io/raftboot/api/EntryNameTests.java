package io.raftboot.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryNameTests {
    private static final Entry ENTRY = Entry.newBuilder()
            .setIndex(4711)
            .setTerm(3)
            .setData(ByteString.copyFromUtf8("123456789"))
            .build();

    @Test
    void nameIsIndexTermAndCrc32c() {
        // The check value of CRC-32C.
        assertThat(EntryName.of(ENTRY)).hasToString("4711:3:e3069283");
        assertThat(EntryName.valueOf(" 4711:3:E3069283 ")).isEqualTo(EntryName.of(ENTRY));
        assertThat(new EntryName(1, 1, 0x2a)).hasToString("1:1:0000002a");
    }

    @Test
    void nameIsTheSameInEveryLanguage() {
        var before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            assertThat(EntryName.of(ENTRY)).hasToString("4711:3:e3069283");
            assertThat(new EntryName(7, 1, 9)).hasToString("7:1:00000009");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void allOfTheNameCounts() {
        var name = EntryName.of(ENTRY);
        assertThat(name.names(ENTRY)).isTrue();
        assertThat(name.names(ENTRY.toBuilder().setIndex(4712).build())).isFalse();
        assertThat(name.names(ENTRY.toBuilder().setTerm(4).build())).isFalse();
        assertThat(name.names(
                        ENTRY.toBuilder().setData(ByteString.copyFromUtf8("x")).build()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "4711",
                "4711:3",
                "4711:3:",
                "4711:3:e306928",
                "4711:3:e30692833",
                "4711:3:e306928g",
                "0:3:e3069283",
                "4711:0:e3069283",
                "0:0:00000000",
                "-1:3:e3069283",
                "+1:3:e3069283",
                "4711:3:e3069283:1",
                "a:b:e3069283",
                "99999999999999999999:3:e3069283",
                "4711:3:+3069283",
                "٤٧١١:3:e3069283"
            })
    void whatNamesNoEntryIsRefusedWithWhatToWrite(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntryName.valueOf(text))
                .withMessageContaining("'" + text + "' names no entry; write INDEX:TERM:CHECKSUM");
    }
}
