package io.raftboot.spring;

import static java.io.InputStream.nullInputStream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonRaftCodecTests {
    private final JsonRaftCodec codec = new JsonRaftCodec();

    record Order(String sku, int quantity, @Nullable LocalDate day, Optional<String> note) {}

    interface Shapes {
        Map<String, List<Order>> orders();

        Optional<Instant> moment();
    }

    @Test
    void recordsGenericsDatesAndOptionalsComeBackEqual() throws IOException {
        var order = new Order("a", 2, LocalDate.of(2026, 11, 21), Optional.of("soon"));
        var orders = Map.of("today", List.of(order, new Order("b", 1, LocalDate.EPOCH, Optional.empty())));
        assertThat(roundTrip(orders, genericType("orders"))).isEqualTo(orders);
        var moment = Optional.of(Instant.parse("2026-11-21T22:33:44.123456789Z"));
        assertThat(roundTrip(moment, genericType("moment"))).isEqualTo(moment);
        assertThat(roundTrip(null, String.class)).isNull();
        assertThat(roundTrip(new byte[] {0, -1}, byte[].class)).isEqualTo(new byte[] {0, -1});
    }

    @Test
    void absentValueIsWhatNullIsReadAs() throws IOException {
        assertThat(codec.absent(genericType("moment"))).isEqualTo(Optional.empty());
        assertThat(codec.absent(Order.class)).isNull();
    }

    @Test
    void fieldsThatAreNotKnownAreIgnored() throws IOException {
        var written = "{\"sku\":\"a\",\"colour\":\"red\",\"quantity\":1}";
        assertThat(read(written, Order.class)).isEqualTo(new Order("a", 1, null, Optional.empty()));
    }

    @Test
    void whatIsNotJsonOrGoesOnBehindItIsRefused() {
        for (String text : List.of("", "{", "{} {}", "nul")) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(text, Order.class));
        }
    }

    static class State {
        private final Map<String, Integer> stock = new java.util.TreeMap<>();
        private long total;

        public long getDoubled() {
            return 2 * total;
        }
    }

    @Test
    void privateFieldsWithoutGettersAreState() throws IOException {
        var state = new State();
        state.stock.put("a", 40);
        state.total = 40;
        var back = (State) java.util.Objects.requireNonNull(roundTrip(state, State.class));
        assertThat(back.total).isEqualTo(40);
        assertThat(back.stock).isEqualTo(state.stock);
    }

    @Test
    void zonesAndOffsetsComeBackAsTheyWere() throws IOException {
        var offset = java.time.OffsetDateTime.parse("2026-01-01T00:00+01:00");
        assertThat(offset.equals(roundTrip(offset, offset.getClass()))).isTrue();
        var zoned = java.time.ZonedDateTime.parse("2026-01-01T00:00+01:00[Europe/Paris]");
        assertThat(zoned.equals(roundTrip(zoned, zoned.getClass()))).isTrue();
    }

    @Test
    void whatIsLongOrDeepCanBeReadAgain() throws IOException {
        var names = Map.of("k".repeat(200_000), 1);
        assertThat(roundTrip(names, Map.class)).isEqualTo(names);
        var number = java.math.BigInteger.ONE.shiftLeft(20_000);
        assertThat(roundTrip(number, number.getClass())).isEqualTo(number);
        Node node = new Node(null);
        for (int i = 0; i < 650; i++) {
            node = new Node(node);
        }
        Node back = (Node) roundTrip(node, Node.class);
        int depth = 0;
        while (back != null) {
            depth++;
            back = back.next();
        }
        assertThat(depth).isEqualTo(651);
    }

    record Node(@Nullable Node next) {}

    @Test
    void whatIsTooDeepToBeReadIsNotWritten() {
        Node node = new Node(null);
        for (int i = 0; i < 800; i++) {
            node = new Node(node);
        }
        Node tooDeep = node;
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> roundTrip(tooDeep, Node.class));
    }

    @Test
    void setsComeBackInTheOrderOfTheCaller() throws IOException {
        var words = new java.util.LinkedHashSet<>(List.of("zebra", "ant", "mole", "bee", "yak"));
        assertThat((Iterable<?>) roundTrip(words, java.util.Set.class)).isInstanceOf(java.util.LinkedHashSet.class);
        assertThat((Iterable<?>) roundTrip(words, java.util.Set.class))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.ITERABLE)
                .containsExactlyElementsOf(words);
    }

    enum Role {
        GUEST {
            @Override
            public String toString() {
                return "guest!";
            }
        }
    }

    @Test
    void constantsAreWrittenByTheirNames() throws IOException {
        assertThat(roundTrip(Role.GUEST, Role.class)).isEqualTo(Role.GUEST);
        assertThat(read("\"GUEST\"", Role.class)).isEqualTo(Role.GUEST);
    }

    sealed interface Term permits Literal, Negation {}

    record Literal(int value) implements Term {}

    record Negation(Term of) implements Term {}

    @Test
    void deeplyNestedValueIsReadOnASmallStack() throws Exception {
        Term term = new Literal(1);
        for (int i = 0; i < 690; i++) {
            term = new Negation(term);
        }
        Term deep = term;
        var written = new AtomicReference<>(new byte[0]);
        onAStackOf(16 * 1024 * 1024, () -> written.set(write(deep, Term.class)));
        var back = new AtomicReference<@Nullable Object>();
        onAStackOf(256 * 1024, () -> {
            back.set(codec.read(new ByteArrayInputStream(written.get()), Term.class));
            codec.verify(new ByteArrayInputStream(written.get()), Term.class);
            // As a snapshot comes, which can't be read twice.
            codec.read(new SequenceInputStream(new ByteArrayInputStream(written.get()), nullInputStream()), Term.class);
        });
        onAStackOf(16 * 1024 * 1024, () -> assertThat(write(back.get(), Term.class))
                .isEqualTo(written.get()));
    }

    /** Whose constructor waits for what never comes. */
    static final class Hanging {
        static final CountDownLatch READ = new CountDownLatch(1);

        Hanging() throws InterruptedException {
            READ.countDown();
            new CountDownLatch(1).await();
        }
    }

    @Test
    void whoReadsAStreamThatHangsCanBeInterrupted() throws Exception {
        var failure = new AtomicReference<@Nullable Throwable>();
        var reader = new Thread(() -> failure.set(catchThrowable(() -> codec.read(
                new SequenceInputStream(new ByteArrayInputStream("{}".getBytes(UTF_8)), nullInputStream()),
                Hanging.class))));
        reader.start();
        assertThat(Hanging.READ.await(30, TimeUnit.SECONDS)).isTrue();
        reader.interrupt();
        reader.join(30_000);
        assertThat(reader.isAlive()).isFalse();
        assertThat(failure.get()).isInstanceOf(IOException.class);
    }

    @Test
    void nothingIsKeptOfAStreamToReadItTwice() throws Exception {
        var stream = new BufferedInputStream(new ByteArrayInputStream("[1]".getBytes(UTF_8))) {
            @Override
            public synchronized void mark(int limit) {
                throw new AssertionError("what is read is kept");
            }
        };
        assertThat(codec.read(stream, int[].class)).isEqualTo(new int[] {1});
    }

    @Test
    void failureOnTheRoomyStackIsTheCallers() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> codec.read(
                        new SequenceInputStream(new ByteArrayInputStream(new byte[] {'{'}), nullInputStream()),
                        Term.class))
                .withMessageContaining("can't be read from JSON");
    }

    private static void onAStackOf(long bytes, ThrowingCallable task) throws Exception {
        var failure = new AtomicReference<@Nullable Throwable>();
        var thread = new Thread(null, () -> failure.set(catchThrowable(task)), "stack", bytes);
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    private byte[] write(@Nullable Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }

    private @Nullable Object read(String text, Type type) throws IOException {
        return codec.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), type);
    }

    private @Nullable Object roundTrip(@Nullable Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return codec.read(new ByteArrayInputStream(out.toByteArray()), type);
    }

    private static Type genericType(String method) {
        try {
            return Shapes.class.getDeclaredMethod(method).getGenericReturnType();
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(method, e);
        }
    }
}
