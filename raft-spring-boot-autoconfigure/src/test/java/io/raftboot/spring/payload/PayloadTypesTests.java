package io.raftboot.spring.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.raftboot.spring.JsonRaftCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of types in docs/programming.md, made of what the codec does. */
@NullUnmarked
@SuppressWarnings({"EqualsGetClass", "ClassCanBeStatic", "JavaUtilDate", "JdkObsolete", "UnusedVariable"
}) // all are tried
class PayloadTypesTests {
    private static final Path DOC = Path.of("../docs/programming.md");
    private static final String BEGIN = "<!-- types: made by PayloadTypesTests -->\n";
    private static final String END = "<!-- end of types -->";
    private static final JsonRaftCodec CODEC = new JsonRaftCodec();

    enum Role {
        ADMIN,
        GUEST {
            @Override
            public String toString() {
                return "guest!";
            }
        }
    }

    record Money(BigDecimal amount, Currency currency) {}

    record Page<T>(List<T> items, int total) {}

    record Sku(@JsonValue String text) {}

    record Grant(Role role, String on) {}

    sealed interface Shape permits Circle, Corners {}

    record Circle(double radius) implements Shape {}

    sealed interface Corners extends Shape permits Square, Other {}

    record Square(double side) implements Corners {}

    enum Other implements Corners {
        POINT
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    sealed interface Pet permits Cat {}

    record Cat(String name) implements Pet {}

    static class Base {
        private final int number;

        Base(int number) {
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other != null && getClass() == other.getClass() && fields().equals(((Base) other).fields());
        }

        @Override
        public int hashCode() {
            return fields().hashCode();
        }

        List<Object> fields() {
            return List.of(number);
        }
    }

    static class State extends Base {
        private final Map<String, Integer> stock = new TreeMap<>(Comparator.reverseOrder());
        private long total;

        private State() {
            this(0);
        }

        State(int number) {
            super(number);
        }

        @Override
        List<Object> fields() {
            return List.of(super.fields(), stock, total);
        }
    }

    static class Tree {
        private List<Tree> children = new ArrayList<>();

        @Override
        public boolean equals(Object other) {
            return other instanceof Tree tree && children.equals(tree.children);
        }

        @Override
        public int hashCode() {
            return children.size();
        }
    }

    static class Cached {
        int value;
        transient int cache;
    }

    static class Hidden {
        @JsonIgnore
        int secret;
    }

    static class Shadow extends Base {
        int number;

        Shadow() {
            super(1);
        }
    }

    static class Unmade {
        final int a;
        final int b;

        Unmade(int a, int b) {
            this.a = a;
            this.b = b;
        }
    }

    class Inner {
        int value;
    }

    static class Partly {
        @JsonIgnoreProperties("code")
        Sku sku;
    }

    enum Alike {
        ONE,
        OTHER;

        @JsonValue
        int number() {
            return 1;
        }
    }

    interface Open {}

    abstract static class Family {}

    static class Extended extends ArrayList<String> {
        int extra;
    }

    static class Times extends TreeMap<String, Integer> {}

    record Holder(Object value) {}

    /** A generic type, named where it is used. */
    abstract static class Of<T> {
        Type type() {
            return ((ParameterizedType) getClass().getGenericSuperclass()).getActualTypeArguments()[0];
        }
    }

    record Works(String text, Type type, List<?> values) {
        @Override
        public String toString() {
            return text;
        }
    }

    record Refused(String text, Type type) {
        @Override
        public String toString() {
            return text;
        }
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static <T> Works works(String text, Of<T> type, T... values) {
        return new Works(text, type.type(), List.of(values));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static <T> Works works(Class<T> type, T... values) {
        return new Works(type.getSimpleName(), type, List.of(values));
    }

    private static Works plain(Class<?> type, Object... values) {
        return new Works(type.getSimpleName(), type, List.of(values));
    }

    private static Refused refused(Class<?> type) {
        return new Refused(type.getSimpleName(), type);
    }

    private static Refused refused(String text, Of<?> type) {
        return new Refused(text, type.type());
    }

    static List<Works> works() {
        return Stream.of(values(), times(), containers(), keys(), own())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Works> values() {
        return List.of(
                plain(boolean.class, true),
                plain(byte.class, Byte.MIN_VALUE),
                plain(short.class, Short.MAX_VALUE),
                plain(int.class, Integer.MIN_VALUE),
                plain(long.class, Long.MIN_VALUE),
                plain(float.class, 1.1f, Float.NaN),
                plain(double.class, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 0.1),
                plain(char.class, 'c', '\0'),
                works(Integer.class, 1),
                works(Long.class, 1L),
                works(Double.class, 1.0),
                works(Boolean.class, false),
                works(Character.class, 'ä'),
                works(String.class, "", "a\0\u2028\"", "\uD83D\uDE00"),
                works(BigDecimal.class, new BigDecimal("1.10"), new BigDecimal("1E+3"), new BigDecimal("0E-30")),
                works(BigInteger.class, BigInteger.TWO.pow(5000).negate()),
                works(UUID.class, new UUID(1, 2)),
                works(URI.class, URI.create("http://x/y?a=%20")),
                works(Locale.class, Locale.GERMANY, Locale.ROOT, Locale.forLanguageTag("zh-Hans-CN-u-ca-chinese")),
                works(Currency.class, Currency.getInstance("EUR")),
                works(OptionalInt.class, OptionalInt.of(4), OptionalInt.empty()),
                works(OptionalLong.class, OptionalLong.of(Long.MAX_VALUE)),
                works(OptionalDouble.class, OptionalDouble.of(Double.NaN)),
                works("Optional", new Of<Optional<String>>() {}, Optional.of("x"), Optional.empty()),
                works("AtomicLong", new Of<AtomicLong>() {}, new AtomicLong(Long.MAX_VALUE)),
                works("AtomicInteger", new Of<AtomicInteger>() {}, new AtomicInteger(3)),
                works("AtomicBoolean", new Of<AtomicBoolean>() {}, new AtomicBoolean(true)));
    }

    private static List<Works> times() {
        return List.of(
                works(Instant.class, Instant.MIN, Instant.MAX, Instant.parse("2026-01-01T00:00:00.123456789Z")),
                works(LocalDate.class, LocalDate.MIN, LocalDate.MAX),
                works(LocalTime.class, LocalTime.MAX, LocalTime.MIDNIGHT),
                works(LocalDateTime.class, LocalDateTime.MIN, LocalDateTime.parse("2026-03-29T02:30")),
                works(OffsetTime.class, OffsetTime.parse("10:00+01:00")),
                works(
                        OffsetDateTime.class,
                        OffsetDateTime.MAX,
                        OffsetDateTime.parse("2026-01-01T00:00+01:00"),
                        OffsetDateTime.parse("2026-01-01T00:00Z")),
                works(
                        ZonedDateTime.class,
                        ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Paris]"),
                        ZonedDateTime.parse("2026-10-25T02:30+02:00[Europe/Paris]"),
                        ZonedDateTime.parse("2026-01-01T00:00Z[UTC]")),
                works(Year.class, Year.of(-5), Year.of(12345)),
                works(YearMonth.class, YearMonth.of(12345, 1)),
                works(MonthDay.class, MonthDay.of(2, 29)),
                works(Month.class, Month.MAY),
                works(DayOfWeek.class, DayOfWeek.FRIDAY),
                works(Duration.class, Duration.ofNanos(-1), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)),
                works(Period.class, Period.of(1, 20, 300)),
                works(ZoneId.class, ZoneId.of("Europe/Paris")),
                works(ZoneOffset.class, ZoneOffset.ofHoursMinutesSeconds(1, 2, 3)),
                works(Date.class, new Date(-1), new Date(Long.MAX_VALUE)));
    }

    private static List<Works> containers() {
        var words = List.of("zebra", "ant", "mole", "bee", "yak");
        var counts = new LinkedHashMap<String, Integer>();
        words.forEach(word -> counts.put(word, word.length()));
        return List.of(
                plain(byte[].class, new byte[] {0, -1}),
                plain(int[].class, new int[] {1, 2}),
                plain(char[].class, new char[] {'a', 'ü'}),
                plain(String[][].class, (Object) new String[][] {{"a"}, {}}),
                works("List", new Of<List<String>>() {}, words, Arrays.asList("a", null)),
                works("ArrayList", new Of<ArrayList<String>>() {}, new ArrayList<>(words)),
                works("LinkedList", new Of<LinkedList<String>>() {}, new LinkedList<>(words)),
                works(
                        "CopyOnWriteArrayList",
                        new Of<CopyOnWriteArrayList<String>>() {},
                        new CopyOnWriteArrayList<>(words)),
                works("Collection", new Of<Collection<String>>() {}, words),
                works("Deque", new Of<Deque<String>>() {}, new ArrayDeque<>(words)),
                works("Queue", new Of<Queue<String>>() {}, new ArrayDeque<>(words)),
                works("ArrayDeque", new Of<ArrayDeque<String>>() {}, new ArrayDeque<>(words)),
                works(
                        "ConcurrentLinkedQueue",
                        new Of<ConcurrentLinkedQueue<String>>() {},
                        new ConcurrentLinkedQueue<>(words)),
                works(
                        "ConcurrentLinkedDeque",
                        new Of<ConcurrentLinkedDeque<String>>() {},
                        new ConcurrentLinkedDeque<>(words)),
                works("Set", new Of<Set<String>>() {}, new LinkedHashSet<>(words)),
                works("Set of records with enums", new Of<Set<Grant>>() {}, grants()),
                works("HashSet", new Of<HashSet<String>>() {}, new LinkedHashSet<>(words)),
                works("LinkedHashSet", new Of<LinkedHashSet<String>>() {}, new LinkedHashSet<>(words)),
                works("SortedSet", new Of<SortedSet<String>>() {}, new TreeSet<>(words)),
                works("NavigableSet", new Of<NavigableSet<String>>() {}, new TreeSet<>(words)),
                works("TreeSet", new Of<TreeSet<String>>() {}, new TreeSet<>(words)),
                works(
                        "ConcurrentSkipListSet",
                        new Of<ConcurrentSkipListSet<String>>() {},
                        new ConcurrentSkipListSet<>(words)),
                works(
                        "CopyOnWriteArraySet",
                        new Of<CopyOnWriteArraySet<String>>() {},
                        new CopyOnWriteArraySet<>(words)),
                works("EnumSet", new Of<EnumSet<Role>>() {}, EnumSet.allOf(Role.class)),
                works("Map", new Of<Map<String, Integer>>() {}, counts),
                works("HashMap", new Of<HashMap<String, Integer>>() {}, counts),
                works("LinkedHashMap", new Of<LinkedHashMap<String, Integer>>() {}, counts),
                works("SortedMap", new Of<SortedMap<String, Integer>>() {}, new TreeMap<>(counts)),
                works("NavigableMap", new Of<NavigableMap<String, Integer>>() {}, new TreeMap<>(counts)),
                works("TreeMap", new Of<TreeMap<String, Integer>>() {}, new TreeMap<>(counts)),
                works("EnumMap", new Of<EnumMap<Role, Integer>>() {}, new EnumMap<>(Map.of(Role.GUEST, 1))),
                works("ConcurrentMap", new Of<ConcurrentMap<String, Integer>>() {}, new ConcurrentHashMap<>(counts)),
                works(
                        "ConcurrentHashMap",
                        new Of<ConcurrentHashMap<String, Integer>>() {},
                        new ConcurrentHashMap<>(counts)),
                works(
                        "ConcurrentSkipListMap",
                        new Of<ConcurrentSkipListMap<String, Integer>>() {},
                        new ConcurrentSkipListMap<>(counts)),
                works("Map.Entry", new Of<Map.Entry<String, Integer>>() {}, Map.entry("a", 1)));
    }

    private static Set<Grant> grants() {
        return new LinkedHashSet<>(List.of(new Grant(Role.GUEST, "x"), new Grant(Role.ADMIN, "x")));
    }

    private static List<Works> keys() {
        var roles = new LinkedHashMap<Role, Integer>();
        roles.put(Role.GUEST, 1);
        roles.put(Role.ADMIN, 2);
        return List.of(
                works("Map with keys that are whole numbers", new Of<Map<Long, Integer>>() {}, Map.of(-1L, 1)),
                works(
                        "Map with keys that are decimals",
                        new Of<Map<BigDecimal, Integer>>() {},
                        Map.of(new BigDecimal("1E+3"), 1)),
                works("Map with keys that are enums", new Of<Map<Role, Integer>>() {}, roles),
                works("Map with keys that are UUIDs", new Of<Map<UUID, Integer>>() {}, Map.of(new UUID(1, 2), 1)),
                works(
                        "Map with keys that are dates or times",
                        new Of<Map<ZonedDateTime, Integer>>() {},
                        Map.of(ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Paris]"), 1)),
                works("Map with keys that have a @JsonValue", new Of<Map<Sku, Integer>>() {}, Map.of(new Sku("a"), 1)));
    }

    private static List<Works> own() {
        var state = new State(7);
        state.stock.put("b", 1);
        state.stock.put("a", 40);
        state.total = 41;
        var tree = new Tree();
        tree.children.add(new Tree());
        return List.of(
                works("enums, by their names", new Of<Role>() {}, Role.GUEST, Role.ADMIN),
                works("records", new Of<Money>() {}, new Money(new BigDecimal("1.10"), Currency.getInstance("EUR"))),
                works(
                        "generic records",
                        new Of<Page<Money>>() {},
                        new Page<>(List.of(new Money(BigDecimal.ONE, null)), 1)),
                works("records with a @JsonValue", new Of<Sku>() {}, new Sku("a")),
                works("classes with private, final and inherited fields", new Of<State>() {}, state),
                works("types that contain themselves", new Of<Tree>() {}, tree),
                works(
                        "sealed types, by the simple names of their subtypes",
                        new Of<List<Shape>>() {},
                        List.of(new Circle(1), new Square(2), Other.POINT)),
                works("sealed types with @JsonTypeInfo", new Of<Pet>() {}, new Cat("x")),
                works("wildcards with a bound", new Of<List<? extends Shape>>() {}, List.of(new Circle(1))),
                works("classes that extend one of these collections, without fields", new Of<Times>() {}, new Times()));
    }

    @SuppressWarnings("rawtypes")
    static <T> List<Refused> refused() {
        return List.of(
                refused(Object.class),
                refused("Map<String, Object>", new Of<Map<String, Object>>() {}),
                refused("a raw List", new Of<List>() {}),
                refused("List<?>", new Of<List<?>>() {}),
                refused("a type variable that is not bound", new Of<List<T>>() {}),
                refused(Number.class),
                refused(java.io.Serializable.class),
                refused(Comparable.class),
                refused(CharSequence.class),
                refused(StringBuilder.class),
                refused(Class.class),
                refused(Timestamp.class),
                new Refused("java.sql.Date", java.sql.Date.class),
                refused(Calendar.class),
                refused(TimeZone.class),
                refused(BitSet.class),
                refused(LongAdder.class),
                refused(AtomicReference.class),
                refused(Pattern.class),
                refused(URL.class),
                refused(InetAddress.class),
                refused(Path.class),
                refused(File.class),
                refused(Properties.class),
                refused(Hashtable.class),
                refused(IdentityHashMap.class),
                refused(WeakHashMap.class),
                refused(Stack.class),
                refused("PriorityQueue", new Of<PriorityQueue<String>>() {}),
                refused("BlockingQueue", new Of<BlockingQueue<String>>() {}),
                refused(Iterable.class),
                refused(Thread.class),
                refused(Function.class),
                refused(Random.class),
                refused("exceptions", new Of<IllegalStateException>() {}),
                new Refused("JsonNode", tools.jackson.databind.JsonNode.class),
                refused("Optional<Optional<…>>", new Of<Optional<Optional<String>>>() {}),
                refused("List<Optional<…>>", new Of<List<Optional<String>>>() {}),
                refused("Map<String, Optional<…>>", new Of<Map<String, Optional<String>>>() {}),
                refused("SortedSet of what is not Comparable", new Of<SortedSet<Grant>>() {}),
                refused("Map with keys that are records", new Of<Map<Grant, Integer>>() {}),
                refused("Map with keys that are byte[]", new Of<Map<byte[], Integer>>() {}),
                refused("records and classes with a refused field", new Of<Holder>() {}),
                refused("fields that are transient", new Of<Cached>() {}),
                refused("fields with @JsonIgnore", new Of<Hidden>() {}),
                refused("fields with @JsonIgnoreProperties", new Of<Partly>() {}),
                refused("two fields of one name", new Of<Shadow>() {}),
                refused("enums of which two constants are written alike", new Of<Alike>() {}),
                refused("classes without a usable constructor", new Of<Unmade>() {}),
                refused("inner classes", new Of<Inner>() {}),
                refused("interfaces that are not sealed", new Of<Open>() {}),
                refused("abstract classes that are not sealed", new Of<Family>() {}),
                refused("collections with fields of their own", new Of<Extended>() {}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("works")
    void whatWorksIsNotRefusedAndComesBack(Works row) throws IOException {
        assertThat(CODEC.refusals(row.type())).isEmpty();
        for (Object value : row.values()) {
            byte[] written = write(value, row.type());
            Object back = CODEC.read(new ByteArrayInputStream(written), row.type());
            // Of containers without equals, and of all that have an order, what is written again says it.
            assertThat(write(back, row.type())).as(row.text()).isEqualTo(written);
            if (hasEquals(value)) {
                assertThat(Objects.deepEquals(back, value))
                        .as("%s came back as %s", value, back)
                        .isTrue();
            }
        }
    }

    private static boolean hasEquals(Object value) {
        boolean queue = value instanceof Queue<?> && !(value instanceof List<?>);
        return !queue && !value.getClass().getName().startsWith("java.util.concurrent.atomic.");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatDoesNotWorkIsRefusedWithWhatToWrite(Refused row) {
        assertThat(refusal(row)).contains("; ");
    }

    @Test
    void docsSayTheSame() throws IOException {
        String doc = Files.readString(DOC);
        String table = table();
        int begin = doc.indexOf(BEGIN);
        String written = begin < 0 ? "" : doc.substring(begin + BEGIN.length(), doc.indexOf(END, begin));
        if (!written.equals(table)) {
            Path made = Files.writeString(Path.of("target/types.md"), table);
            fail("the table of types in %s is not what the codec does; that is in %s", DOC, made.toAbsolutePath());
        }
        assertThat(works().size() + refused().size()).isGreaterThan(60);
    }

    private static String table() {
        var table = new StringBuilder("| works | |\n| --- | --- |\n");
        table.append(row("values", values()));
        table.append(row("dates and times", times()));
        table.append(row("arrays, collections and maps", containers()));
        table.append(row("", keys()));
        table.append(row("of the application", own()));
        table.append("\n| refused | why | what to write |\n| --- | --- | --- |\n");
        for (Refused row : refused()) {
            String refusal = refusal(row);
            int parted = refusal.indexOf("; ");
            table.append("| ")
                    .append(code(row.text()))
                    .append(" | ")
                    .append(refusal, refusal.indexOf(") ") + 2, parted)
                    .append(" | ")
                    .append(refusal.substring(parted + 2))
                    .append(" |\n");
        }
        return table.toString();
    }

    private static String row(String name, List<Works> works) {
        return works.stream()
                .map(each -> code(each.text()))
                .collect(Collectors.joining(", ", "| " + name + " | ", " |\n"));
    }

    private static String code(String text) {
        return text.matches("[\\w.\\[\\]]+|\\w+<.*>") && !text.equals("records") && !text.equals("exceptions")
                ? "`" + text + "`"
                : text;
    }

    private static String refusal(Refused row) {
        assertThat(CODEC.refusals(row.type())).as(row.text()).isNotEmpty();
        return CODEC.refusals(row.type())
                .get(0)
                .replaceAll("\\(.*?\\$(\\w+)", "($1")
                .replaceAll("io\\.raftboot\\.spring\\.\\w+\\$", "");
    }

    private static byte[] write(Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        CODEC.write(value, type, out);
        return out.toByteArray();
    }
}
