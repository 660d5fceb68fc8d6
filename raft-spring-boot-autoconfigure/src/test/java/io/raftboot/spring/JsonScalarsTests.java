package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonScalarsTests {
    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final int CALLS = 20_000;
    private static final List<Class<?>> TYPES = List.of(
            String.class, byte[].class, int.class, Integer.class, long.class, Long.class, boolean.class, Boolean.class);
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz?{}:,' 0123456789\u007f";
    private static final String SPECIALS = "\"\\\n\t\u0000\u001fé€𝄞\u2028";

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final JsonRaftCodec codec = new JsonRaftCodec();

    @Test
    void writesWhatTheMapperWritesAndReadsItBack() {
        Random random = new Random(SEED);
        for (int call = 0; call < CALLS; call++) {
            List<RaftParameter> parameters = new ArrayList<>();
            Map<String, @Nullable Object> byName = new LinkedHashMap<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                Class<?> type = TYPES.get(random.nextInt(TYPES.size()));
                parameters.add(new RaftParameter("p" + i, type));
                byName.put("p" + i, value(type, random));
            }
            @Nullable Object[] arguments = byName.values().toArray();
            ByteBuffer encoded = codec.encodeArguments(parameters, arguments);
            assertThat(text(encoded)).as("seed %d, call %d", SEED, call).isEqualTo(mapper.writeValueAsString(byName));
            assertThat(codec.decodeArguments(parameters, encoded))
                    .as("seed %d, call %d: %s", SEED, call, text(encoded))
                    .isEqualTo(arguments);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-0", "1.0", "1e3", "\"7\"", "null", "2147483648", "-2147483649", "true", "\"\"", "[1]", "{}"})
    void readsWhatTheMapperReadsOrRefusesAsItDoes(String json) {
        var strict = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
        for (Class<?> type : TYPES) {
            byte[] call = ("{\"p\":" + json + "}").getBytes(StandardCharsets.UTF_8);
            List<RaftParameter> parameters = List.of(new RaftParameter("p", type));
            Object expected;
            try {
                expected = strict.readerFor(type).readValue(json);
            } catch (JacksonException e) {
                assertThatExceptionOfType(RaftArgumentException.class)
                        .as("%s as %s", json, type)
                        .isThrownBy(() -> codec.decodeArguments(parameters, ByteBuffer.wrap(call)));
                continue;
            }
            assertThat(codec.decodeArguments(parameters, ByteBuffer.wrap(call)))
                    .as("%s as %s", json, type)
                    .isEqualTo(new @Nullable Object[] {expected});
        }
    }

    /** Such a call is not read once more before it is proposed, and one that can't be read stops every member. */
    @Test
    void whatIsWrittenOfATypeThatAlwaysReadsBackDoesSo() {
        List<Object> values = List.of(
                1,
                5_000_000_000L,
                (short) 3,
                1.5,
                true,
                "text",
                "a\ud834",
                "7",
                new byte[] {1},
                'c',
                List.of(1),
                Map.of());
        int written = 0;
        for (Class<?> type : TYPES) {
            List<RaftParameter> parameters = List.of(new RaftParameter("p", type));
            assertThat(codec.alwaysReadsBack(parameters)).isTrue();
            for (Object value : values) {
                ByteBuffer encoded;
                try {
                    encoded = codec.encodeArguments(parameters, new Object[] {value});
                } catch (RaftArgumentException e) {
                    continue;
                }
                written++;
                assertThat(codec.decodeArguments(parameters, encoded))
                        .as("%s as %s", value, type)
                        .hasSize(1);
            }
        }
        assertThat(written).isGreaterThanOrEqualTo(TYPES.size());
    }

    private static @Nullable Object value(Class<?> type, Random random) {
        if (!type.isPrimitive() && random.nextInt(10) == 0) {
            return null;
        }
        if (type == String.class) {
            return text(random);
        }
        if (type == byte[].class) {
            byte[] binary = new byte[random.nextInt(20)];
            random.nextBytes(binary);
            return binary;
        }
        if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        }
        long number = random.nextInt(8) == 0
                ? random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE
                : random.nextLong() >> random.nextInt(Long.SIZE);
        return type == long.class || type == Long.class ? (Object) number : (Object) (int) number;
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        if (random.nextInt(4) == 0) {
            int[] specials = SPECIALS.codePoints().toArray();
            text.insert(
                    random.nextInt(text.length() + 1), Character.toString(specials[random.nextInt(specials.length)]));
        }
        return text.toString();
    }

    private static String text(ByteBuffer encoded) {
        return StandardCharsets.UTF_8.decode(encoded.duplicate()).toString();
    }
}
