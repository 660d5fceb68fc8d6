package io.raftboot.spring.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import io.raftboot.spring.JsonRaftCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Each in one piece, and taken apart as far as it goes. */
@SuppressWarnings({"ArrayRecordComponent", "NonApiType", "UnusedVariable"
}) // types of all kinds, to be written and read
class JsonReadBackTests {
    private static final int ONE_PIECE = 1 << 20;
    private static final int APART = 24;

    private final JsonMapper bare = new JsonMapper();
    private final JsonRaftCodec codec = new JsonRaftCodec();

    record Line(String sku, BigDecimal amount) {}

    record Ledger(String name, List<Line> lines, Map<String, Object> marks) {}

    private static Ledger ledger(Object mark) {
        var lines = new ArrayList<Line>();
        for (int i = 0; i < 5; i++) {
            lines.add(new Line("sku-" + i, new BigDecimal(i + ".10")));
        }
        return new Ledger("main", lines, new LinkedHashMap<>(Map.of("of some length", mark)));
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void numberWithoutItsScaleIsFoundByItsPath(int pieceBytes) {
        JsonMapper rounding = JsonMapper.builder()
                .addModule(new SimpleModule().addDeserializer(BigDecimal.class, new Rounding()))
                .build();
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> readBack(rounding, bare.writeValueAsString(ledger(1)), Ledger.class, pieceBytes))
                .withMessage("Ledger.lines[0].amount was written as 0.10, and comes back as 0.1");
    }

    private static final class Rounding extends tools.jackson.databind.ValueDeserializer<BigDecimal> {
        @Override
        public BigDecimal deserialize(JsonParser in, tools.jackson.databind.DeserializationContext context) {
            return in.getDecimalValue().stripTrailingZeros();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void decimalThatComesBackAsDoubleIsFound(int pieceBytes) {
        String json = bare.writeValueAsString(ledger(new BigDecimal("1.10")));
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> readBack(bare, json, Ledger.class, pieceBytes))
                .withMessage("Ledger.marks[of some length] was written as 1.10, and comes back as 1.1");
    }

    static class Hidden {
        @JsonProperty
        private String shown = "some text";

        @JsonProperty(access = JsonProperty.Access.READ_ONLY)
        private @Nullable Long dropped = 7L;
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void fieldThatIsWrittenAndNotReadIsFound(int pieceBytes) {
        var hidden = new Hidden();
        hidden.dropped = 40L;
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> verify(hidden, Hidden.class, pieceBytes))
                .withMessageStartingWith("Hidden.dropped was written as 40, and comes back as ");
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void nameThatNoFieldTakesIsFound(int pieceBytes) {
        String json = "{\"sku\":\"some text that is long\",\"amount\":1,\"colour\":\"red\"}";
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> readBack(mapper(), json, Line.class, pieceBytes))
                .withMessageStartingWith("Line.colour was written as ");
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void lostComparatorsOfMapsAndSetsAreFound(int pieceBytes) {
        var map = new TreeMap<String, Integer>(Comparator.reverseOrder());
        var set = new TreeSet<String>(Comparator.reverseOrder());
        for (int i = 10; i < 20; i++) {
            map.put("key" + i, i);
            set.add("key" + i);
        }
        for (var each : Map.of("sortedMap", map, "sortedSet", set).entrySet()) {
            // As a codec would that does not mind.
            String json = JsonMapper.shared().writeValueAsString(each.getValue());
            assertThatExceptionOfType(ChangedPayloadException.class)
                    .isThrownBy(() -> readBack(mapper(), json, type(each.getKey()), pieceBytes))
                    .withMessageContaining("another order");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void keyThatIsThereTwiceIsFound(int pieceBytes) {
        var map = new LinkedHashMap<Object, String>();
        map.put(1L, "some text that is long");
        map.put("1", "some other text that is long");
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> verify(map, Map.class, pieceBytes))
                .withMessageContaining("1")
                .withMessageContaining("was written twice, and comes back once");
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART})
    void keyThatBecomesAnotherIsFound(int pieceBytes) {
        String json = "{\"01\":\"some text that is long\",\"2\":\"some text that is long\"}";
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> readBack(mapper(), json, type("numbers"), pieceBytes))
                .withMessageContaining("[01] was written as ");
    }

    record ById(int id, String name) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ById same && same.id == id;
        }

        @Override
        public int hashCode() {
            return id;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, 80})
    void elementsThatBecomeAlikeAreFound(int pieceBytes) {
        String json = "[{\"id\":1,\"name\":\"a\"},{\"id\":2,\"name\":\"b\"},{\"id\":1,\"name\":\"a\"}]";
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> readBack(mapper(), json, type("byIds"), pieceBytes));
    }

    @Test
    void timeThatLosesItsNanosecondsIsFound() {
        var time = Timestamp.from(Instant.parse("2026-01-01T00:00:00.123456789Z"));
        JsonMapper writesAll = JsonMapper.builder()
                .addModule(new SimpleModule().addSerializer(Timestamp.class, new AllNanos()))
                .build();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> readBack(writesAll, writesAll.writeValueAsString(time), Timestamp.class, ONE_PIECE));
    }

    private static final class AllNanos extends tools.jackson.databind.ValueSerializer<Timestamp> {
        @Override
        public void serialize(
                Timestamp value,
                tools.jackson.core.JsonGenerator out,
                tools.jackson.databind.SerializationContext context) {
            out.writeString(value.toInstant().toString());
        }
    }

    @Test
    void zoneThatBecomesUtcIsFound() {
        String json = "[\"2026-01-01T00:00:00+01:00\"]";
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> readBack(bare, json, OffsetDateTime[].class, ONE_PIECE))
                .withMessageContaining("OffsetDateTime[][0] was written as ");
    }

    @Test
    void whatIsNotJsonOrHasMoreBehindItIsFound() {
        for (String json : List.of("", "[", "[1] []", "{\"a\":")) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> readBack(mapper(), json, Object.class, APART));
        }
    }

    static class Tree {
        private String name = "";
        private final List<Tree> children = new ArrayList<>();
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.IntSequenceGenerator.class)
    static class Shared {
        private String name = "a shared one of some length";
    }

    @Test
    void objectsThatStandInTwoPiecesAreNoFault() throws IOException {
        var one = new Shared();
        verify(List.of(new Shared(), one, one), type("shared"), APART);
        verify(List.of(new Shared(), one, one), type("shared"), ONE_PIECE);
    }

    record Sorting(TreeMap<String, Integer> map, Set<String> words) {
        Sorting {
            var reverse = new TreeMap<String, Integer>(Comparator.reverseOrder());
            reverse.putAll(map);
            map = reverse;
            words = Set.copyOf(words);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PIECE, APART, 100})
    void constructorsMayReorderWhatTheyAreGiven(int pieceBytes) throws IOException {
        var map = new TreeMap<String, Integer>();
        var words = new HashSet<String>();
        for (int i = 10; i < 40; i++) {
            map.put("key" + i, i);
            words.add("word" + i);
        }
        verify(new Sorting(map, words), Sorting.class, pieceBytes);
    }

    @Test
    void deepValuesAreReadBackOnASmallStack() throws Exception {
        Tree root = new Tree();
        Tree inner = root;
        for (int i = 0; i < 300; i++) {
            Tree child = new Tree();
            child.name = "child " + i;
            inner.children.add(child);
            inner = child;
        }
        byte[] json = written(root, Tree.class);
        var failure = new Throwable[1];
        var thread = new Thread(
                null,
                () -> {
                    try {
                        codec.verify(new ByteArrayInputStream(json), Tree.class, APART);
                        codec.verify(new ByteArrayInputStream(json), Tree.class);
                    } catch (IOException | RuntimeException | StackOverflowError e) {
                        failure[0] = e;
                    }
                },
                "small",
                1 << 20);
        thread.start();
        thread.join(TimeUnit.MINUTES.toMillis(1));
        assertThat(thread.isAlive()).isFalse();
        assertThat(failure[0]).isNull();
    }

    /** A state so large that it should not be in memory twice. */
    @Test
    @SuppressWarnings("JdkObsolete") // SequenceInputStream has no other way
    void largeStatesAreReadBackInSmallPieces() throws IOException {
        int entries = 100_000;
        int pieceBytes = 16 * 1024;
        InputStream json = new SequenceInputStream(new Enumeration<>() {
            private int next = -1;

            @Override
            public boolean hasMoreElements() {
                return next <= entries;
            }

            @Override
            public InputStream nextElement() {
                int now = next++;
                String text = "," + "{\"sku\":\"s" + now + "\",\"amount\":" + now + ".10}";
                if (now < 0) {
                    text = "{\"name\":\"n\",\"lines\":[{\"sku\":\"first\",\"amount\":1}";
                } else if (now == entries) {
                    text = "],\"marks\":{}}";
                }
                return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
            }
        });
        assertThat(codec.verify(json, Ledger.class, pieceBytes)).isBetween(pieceBytes / 2, 2 * pieceBytes);
    }

    enum Colour {
        RED,
        GREEN
    }

    record Everything(
            int number,
            @Nullable Long boxed,
            double real,
            String text,
            BigDecimal decimal,
            BigInteger large,
            Optional<String> maybe,
            Instant instant,
            LocalDate day,
            ZonedDateTime zoned,
            Duration duration,
            UUID uuid,
            Colour colour,
            byte[] bytes,
            int[] numbers,
            List<@Nullable String> list,
            Set<Integer> set,
            HashSet<String> hashSet,
            Deque<Long> deque,
            Map<Integer, List<String>> map,
            HashMap<UUID, LocalDate> hashMap,
            TreeMap<String, Set<Integer>> treeMap,
            EnumMap<Colour, Double> enumMap,
            @Nullable Everything inner) {}

    @Test
    void noStateOfTypesThatComeBackIsRefused() throws IOException {
        for (int seed = 0; seed < 150; seed++) {
            var random = new Random(seed);
            var state = new LinkedHashMap<String, List<Everything>>();
            for (int i = random.nextInt(4); i > 0; i--) {
                state.put(text(random) + i, List.of(everything(random, 2), everything(random, 1)));
            }
            byte[] json = written(state, type("everything"));
            for (int pieceBytes : new int[] {1, 30, 300, 3000, ONE_PIECE}) {
                assertThatCode(() -> codec.verify(new ByteArrayInputStream(json), type("everything"), pieceBytes))
                        .as("seed %d in pieces of %d", seed, pieceBytes)
                        .doesNotThrowAnyException();
            }
        }
    }

    private static Everything everything(Random random, int depth) {
        var list = new ArrayList<@Nullable String>();
        var set = new LinkedHashSet<Integer>();
        var deque = new ArrayDeque<Long>();
        var map = new HashMap<Integer, List<String>>();
        var hashMap = new HashMap<UUID, LocalDate>();
        var treeMap = new TreeMap<String, Set<Integer>>();
        var enumMap = new EnumMap<Colour, Double>(Colour.class);
        for (int i = random.nextInt(6); i > 0; i--) {
            list.add(random.nextInt(5) == 0 ? null : text(random));
            set.add(random.nextInt());
            deque.add(random.nextLong());
            map.put(random.nextInt(), List.of(text(random)));
            hashMap.put(new UUID(random.nextLong(), random.nextLong()), LocalDate.ofEpochDay(random.nextInt(99_999)));
            treeMap.put(text(random), Set.of(random.nextInt()));
            enumMap.put(Colour.values()[i % 2], random.nextGaussian());
        }
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return new Everything(
                random.nextInt(),
                random.nextBoolean() ? null : random.nextLong(),
                random.nextInt(9) == 0 ? Double.NaN : random.nextGaussian() * Math.pow(10, random.nextInt(40)),
                text(random),
                new BigDecimal(BigInteger.valueOf(random.nextLong()), random.nextInt(80) - 40),
                new BigInteger(200, random),
                random.nextBoolean() ? Optional.empty() : Optional.of(text(random)),
                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
                LocalDate.ofEpochDay(random.nextInt(99_999)),
                ZonedDateTime.ofInstant(
                        Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
                        ZoneId.of(random.nextBoolean() ? "Europe/Paris" : "-03:30")),
                Duration.ofNanos(random.nextLong()),
                new UUID(random.nextLong(), random.nextLong()),
                Colour.values()[random.nextInt(2)],
                bytes,
                random.ints(random.nextInt(5)).toArray(),
                list,
                set,
                new HashSet<>(Set.of(text(random))),
                deque,
                map,
                hashMap,
                treeMap,
                enumMap,
                depth == 0 ? null : everything(random, depth - 1));
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.appendCodePoint("aZ\"\\/\n\t é€".codePointAt(random.nextInt(9)));
        }
        return text.append(random.nextInt()).toString();
    }

    interface Types {
        TreeMap<String, Integer> sortedMap();

        TreeSet<String> sortedSet();

        Map<Integer, String> numbers();

        Set<ById> byIds();

        List<Shared> shared();

        Map<String, List<Everything>> everything();
    }

    private static Type type(String name) {
        try {
            return Types.class.getDeclaredMethod(name).getGenericReturnType();
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private JsonMapper mapper() {
        return codec.mapper();
    }

    private static void readBack(JsonMapper mapper, String json, Type type, int pieceBytes) throws IOException {
        JavaType javaType = mapper.constructType(type);
        try (JsonParser parser = mapper.createParser(json)) {
            new JsonReadBack(mapper, new JsonShapes(mapper), parser, pieceBytes).check(javaType);
        }
    }

    private void verify(Object value, Type type, int pieceBytes) throws IOException {
        codec.verify(new ByteArrayInputStream(written(value, type)), type, pieceBytes);
    }

    private byte[] written(Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }
}
