package io.raftboot.spring.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.proto.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ValueFormatTests {
    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final int VALUES = 20_000;
    private static final String CHARACTERS = "abc \"\\\n\u0000\u007fé€\u2028\ufffd";
    private static final List<Class<?>> PLAIN_TYPES = List.of(
            String.class,
            byte[].class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            short.class,
            Short.class,
            boolean.class,
            Boolean.class);

    private final RaftCodec json = new JsonRaftCodec();

    @Test
    void plainValuesComeBackAndStandInTheLogAsTheyAre() throws IOException {
        var random = new Random(SEED);
        for (int i = 0; i < VALUES; i++) {
            Class<?> type = PLAIN_TYPES.get(random.nextInt(PLAIN_TYPES.size()));
            Object value = value(type, random);
            var written = written(value, type, json);
            assertThat(Value.parseFrom(written).getKindCase())
                    .as("%s", type)
                    .isIn(Value.KindCase.TEXT, Value.KindCase.NUMBER, Value.KindCase.TRUTH, Value.KindCase.BINARY);
            assertThat(ValueFormat.decode(written, type, json))
                    .as("seed %d, value %d, %s", SEED, i, type)
                    .isEqualTo(value);
        }
    }

    @Test
    void bytesAreCopiesOnBothSides() throws IOException {
        byte[] given = {1, 2};
        var written = written(given, byte[].class, json);
        given[0] = 9;
        byte[] first = (byte[]) Objects.requireNonNull(ValueFormat.decode(written, byte[].class, json));
        assertThat(first).containsExactly(1, 2);
        first[0] = 9;
        assertThat((byte[]) ValueFormat.decode(written, byte[].class, json)).containsExactly(1, 2);
    }

    @Test
    void allElseIsTheCodecs() throws IOException {
        var written = written(1.5, double.class, json);
        assertThat(encoded(1.5, double.class, json)).isEqualTo("1.5");
        assertThat(ValueFormat.decode(written, double.class, json)).isEqualTo(1.5);
        assertThat(encoded(List.of("a"), List.class, json)).isEqualTo("[\"a\"]");
    }

    @Test
    void codecThatDoesNotLeavePlainValuesGetsThem() throws IOException {
        var codec = new TextCodec();
        var written = written("größe", String.class, codec);
        assertThat(encoded("größe", String.class, codec)).isEqualTo("größe");
        assertThat(ValueFormat.decode(written, String.class, codec)).isEqualTo("größe");
        assertThat(ValueFormat.decode(written(7, int.class, codec), int.class, codec))
                .isEqualTo(7);
    }

    /** The application got its own codec later. */
    @Test
    void plainValuesAreReadWhateverTheCodecIs() throws IOException {
        assertThat(ValueFormat.decode(written("a", String.class, json), String.class, new TextCodec()))
                .isEqualTo("a");
    }

    @Test
    void nullHasNoKindAndComesBackAsTheTypeHasIt() throws IOException {
        var nothing = written(null, String.class, json);
        assertThat(nothing).isEmpty();
        assertThat(ValueFormat.decode(nothing, String.class, json)).isNull();
        assertThat(ValueFormat.decode(nothing, Integer.class, json)).isNull();
        assertThat(ValueFormat.decode(nothing, void.class, json)).isNull();
        assertThat(ValueFormat.decode(nothing, Optional.class, json)).isEqualTo(Optional.empty());
        assertThat(ValueFormat.decode(nothing, Optional.class, new TextCodec())).isNull();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ValueFormat.decode(nothing, int.class, json))
                .withMessage("it must not be null");
    }

    /** Remembered of a version of the command that returned something, whoever wrote it. */
    @Test
    void resultThatNobodyTakesAnyMoreIsNothing() throws IOException {
        for (var codec : List.of(json, new TextCodec())) {
            assertThat(ValueFormat.decode(written(7, int.class, codec), void.class, codec))
                    .isNull();
            assertThat(ValueFormat.decode(written(List.of(1), List.class, codec), void.class, codec))
                    .isNull();
        }
    }

    static final List<List<?>> CHANGED_TYPES = List.of(
            List.of(7, int.class, long.class, 7L),
            List.of(7L, long.class, int.class, 7),
            List.of(7L, long.class, short.class, (short) 7),
            List.of((short) 7, short.class, Integer.class, 7),
            List.of(7, int.class, double.class, 7.0),
            List.of(7, int.class, String.class, "7"),
            List.of("7", String.class, int.class, 7),
            List.of("RED", String.class, Colour.class, Colour.RED),
            List.of(Colour.RED, Colour.class, String.class, "RED"),
            List.of(true, boolean.class, String.class, "true"),
            List.of(new byte[] {1}, byte[].class, String.class, "AQ=="),
            List.of(7.0, double.class, int.class, 7),
            List.of(7, int.class, Optional.class, Optional.of(7)));

    enum Colour {
        RED
    }

    @ParameterizedTest
    @FieldSource("CHANGED_TYPES")
    void valueOfAnotherTypeIsReadAsJsonReadsIt(List<?> change) throws IOException {
        var written = written(change.get(0), (Type) change.get(1), json);
        assertThat(ValueFormat.decode(written, (Type) change.get(2), json)).isEqualTo(change.get(3));
    }

    static final List<List<?>> MISFITS = List.of(
            List.of(5_000_000_000L, long.class, int.class),
            List.of(70_000, int.class, short.class),
            List.of("many", String.class, int.class),
            List.of("a", String.class, List.class),
            List.of(true, boolean.class, long.class),
            List.of(7, int.class, byte[].class),
            List.of(new byte[] {1}, byte[].class, int.class),
            List.of(Map.of(), Map.class, String.class));

    @ParameterizedTest
    @FieldSource("MISFITS")
    void valueThatDoesNotFitTheTypeIsRefused(List<?> misfit) throws IOException {
        var written = written(misfit.get(0), (Type) misfit.get(1), json);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ValueFormat.decode(written, (Type) misfit.get(2), json));
    }

    @Test
    void numberIsWidenedAndRefusedOutOfRangeButNeverCut() throws IOException {
        assertThat(Value.parseFrom(written(7, long.class, json)).getNumber()).isEqualTo(7);
        assertThat(Value.parseFrom(written((byte) 7, Integer.class, json)).getNumber())
                .isEqualTo(7);
        for (var type : List.of(int.class, short.class, Short.class)) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> written(5_000_000_000L, type, json))
                    .withMessageContaining("5000000000");
        }
    }

    @Test
    void bytesThatAreNoValueAreRefused() {
        for (byte[] bytes : List.of(new byte[] {0x12, 5, 'a'}, new byte[] {0x3A, 0}, new byte[] {0x12, 1, -1})) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ValueFormat.decode(bytes, String.class, json));
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ValueFormat.decode(new byte[] {0x3A, 0}, String.class, json))
                .withMessageContaining("a kind that this version does not know");
    }

    @Test
    void halfOfASurrogatePairIsRefused() throws IOException {
        for (String text : List.of("a\ud834", "\udd1e", "\udd1e\ud834")) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> written(text, String.class, json))
                    .withMessageContaining("surrogate");
        }
        assertThat(ValueFormat.decode(written("a𝄞?", String.class, json), String.class, json))
                .isEqualTo("a𝄞?");
    }

    private static byte[] written(@Nullable Object value, Type type, RaftCodec codec) throws IOException {
        return ValueFormat.encode(value, type, codec).toBytes();
    }

    private static String encoded(@Nullable Object value, Type type, RaftCodec codec) throws IOException {
        return Value.parseFrom(written(value, type, codec)).getEncoded().toStringUtf8();
    }

    private static Object value(Class<?> type, Random random) {
        if (type == String.class) {
            var text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            return random.nextInt(8) == 0 ? text.append("𝄞").toString() : text.toString();
        }
        if (type == byte[].class) {
            byte[] binary = new byte[random.nextInt(20)];
            random.nextBytes(binary);
            return binary;
        }
        long number = random.nextLong() >> random.nextInt(Long.SIZE);
        if (type == boolean.class || type == Boolean.class) {
            return number < 0;
        }
        if (type == int.class || type == Integer.class) {
            return (int) number;
        }
        return type == short.class || type == Short.class ? (Object) (short) number : (Object) number;
    }

    /** All that a codec of one's own has to be. */
    static final class TextCodec implements RaftCodec {
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
