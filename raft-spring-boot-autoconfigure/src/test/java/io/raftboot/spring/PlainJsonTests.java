package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;

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
import tools.jackson.databind.json.JsonMapper;

class PlainJsonTests {
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
        int plain = 0;
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
            plain += PlainJson.write(parameters, arguments) == null ? 0 : 1;
        }
        assertThat(plain).isBetween(CALLS / 4, CALLS - CALLS / 100);
    }

    /** Each byte of a call in turn, changed at random: never another value than the mapper reads. */
    @Test
    void readsWhatTheMapperReadsOrLeavesItToTheMapper() {
        Random random = new Random(SEED);
        List<RaftParameter> parameters = List.of(
                new RaftParameter("key", long.class),
                new RaftParameter("text", String.class),
                new RaftParameter("flag", boolean.class),
                new RaftParameter("count", int.class));
        byte[] whole =
                bytes(codec.encodeArguments(parameters, new Object[] {-1204L, "a text of some length", true, 7}));
        for (int round = 0; round < CALLS; round++) {
            byte[] changed = whole.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            @Nullable Object[] plain = PlainJson.read(parameters, changed, 0, changed.length);
            if (plain != null) {
                var tree = mapper.readTree(changed);
                assertThat(plain)
                        .as("seed %d: %s", SEED, new String(changed, StandardCharsets.ISO_8859_1))
                        .containsExactly(
                                tree.get("key").longValue(),
                                tree.get("text").stringValue(),
                                tree.get("flag").booleanValue(),
                                tree.get("count").intValue());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":01}",
                "{\"n\":-0}",
                "{\"n\":1.0}",
                "{\"n\":1e3}",
                "{\"n\":}",
                "{\"n\":-}",
                "{\"n\":2147483648}",
                "{\"n\":null}",
                "{\"n\":1}x",
                "{\"n\":1",
                "{\"m\":1}",
                "{ \"n\":1}",
                "{}",
                ""
            })
    void leavesToTheMapperWhatItWouldNotHaveWritten(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(PlainJson.read(List.of(new RaftParameter("n", int.class)), bytes, 0, bytes.length))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\ud834?", "\udd1e", "?", "what?"})
    void halfACharacterIsNotTakenForAQuestionMark(String text) {
        List<RaftParameter> parameters = List.of(new RaftParameter("s", String.class));
        assertThat(codec.decodeArguments(parameters, codec.encodeArguments(parameters, new Object[] {text})))
                .containsExactly(text);
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

    private static byte[] bytes(ByteBuffer encoded) {
        byte[] bytes = new byte[encoded.remaining()];
        encoded.duplicate().get(bytes);
        return bytes;
    }
}
