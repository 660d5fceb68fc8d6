package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NamedArgumentsTests {
    private static final RaftParameter NAME = new RaftParameter("name", String.class);
    private static final RaftParameter COUNT = new RaftParameter("count", int.class);

    private final RaftCodec codec = new TextCodec();

    @Test
    void comeBackByName() {
        ByteBuffer encoded = codec.encodeArguments(List.of(NAME, COUNT), new Object[] {"größe", 3});
        assertThat(codec.decodeArguments(List.of(COUNT, NAME), encoded)).containsExactly(3, "größe");
    }

    @Test
    void nullAndEmptyAreTwoThings() {
        assertThat(there(new @Nullable Object[] {null})).containsExactly((Object) null);
        assertThat(there(new @Nullable Object[] {""})).containsExactly("");
    }

    @Test
    void whatNobodyTakesAnyMoreIsIgnoredAndWhatIsNewIsNull() {
        ByteBuffer encoded = codec.encodeArguments(List.of(COUNT), new Object[] {3});
        assertThat(codec.decodeArguments(List.of(NAME), encoded)).containsExactly((Object) null);
    }

    @Test
    void absentPrimitiveIsRefusedByName() {
        ByteBuffer encoded = codec.encodeArguments(List.of(NAME), new Object[] {"a"});
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> codec.decodeArguments(List.of(NAME, COUNT), encoded))
                .withMessageContaining("'count'");
    }

    @Test
    void whatDoesNotBindIsRefusedByName() {
        ByteBuffer encoded =
                codec.encodeArguments(List.of(new RaftParameter("count", String.class)), new Object[] {"many"});
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> codec.decodeArguments(List.of(COUNT), encoded))
                .withMessageContaining("'count'")
                .satisfies(e -> assertThat(e.parameter()).isEqualTo("count"));
    }

    @Test
    void everyShorterInputIsRefused() {
        ByteBuffer whole = codec.encodeArguments(List.of(NAME), new Object[] {"abc"});
        for (int length = 0; length < whole.remaining(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            if (length != 1) {
                assertThatIllegalArgumentException().isThrownBy(() -> codec.decodeArguments(List.of(NAME), cut));
            }
        }
    }

    private @Nullable Object[] there(@Nullable Object[] arguments) {
        return codec.decodeArguments(List.of(NAME), codec.encodeArguments(List.of(NAME), arguments));
    }

    /** All that a codec of one's own has to be. */
    private static final class TextCodec implements RaftCodec {
        @Override
        public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
            out.write(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Object read(InputStream in, Type type) throws IOException {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return type == int.class ? (Object) Integer.parseInt(text) : text;
        }
    }
}
