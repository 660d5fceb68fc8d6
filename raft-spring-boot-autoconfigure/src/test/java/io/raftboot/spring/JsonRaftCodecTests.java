package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonRaftCodecTests {
    private final JsonRaftCodec codec = new JsonRaftCodec();

    record Order(String sku, int quantity, LocalDate day, Optional<String> note) {}

    interface Shapes {
        Map<String, List<Order>> orders();

        Optional<Instant> moment();
    }

    @Test
    void argumentsComeBackByNameInAnyNumber() {
        var parameters = List.of(new RaftParameter("sku", String.class), new RaftParameter("quantity", int.class));
        ByteBuffer encoded = codec.encodeArguments(parameters, new Object[] {"a", 3});
        assertThat(StandardCharsets.UTF_8.decode(encoded.duplicate()).toString())
                .isEqualTo("{\"sku\":\"a\",\"quantity\":3}");
        assertThat(codec.decodeArguments(parameters, encoded)).containsExactly("a", 3);
        assertThat(codec.decodeArguments(List.of(), codec.encodeArguments(List.of(), new Object[0])))
                .isEmpty();
    }

    @Test
    void argumentThatNobodyTakesAnyMoreIsIgnored() {
        var older = List.of(new RaftParameter("gone", genericType("orders")), new RaftParameter("sku", String.class));
        ByteBuffer encoded = codec.encodeArguments(older, new Object[] {Map.of("x", List.of()), "a"});
        assertThat(codec.decodeArguments(List.of(new RaftParameter("sku", String.class)), encoded))
                .containsExactly("a");
    }

    @Test
    void argumentThatNobodyWroteIsNull() {
        assertThat(codec.decodeArguments(List.of(new RaftParameter("note", String.class)), json("{}")))
                .containsExactly((Object) null);
    }

    @Test
    void absentNumberIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decodeArguments(List.of(new RaftParameter("quantity", int.class)), json("{}")))
                .withMessageContaining("'quantity'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decodeArguments(
                        List.of(new RaftParameter("quantity", int.class)), json("{\"quantity\":null}")))
                .withMessageContaining("'quantity'");
    }

    @Test
    void argumentOfAnotherTypeIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decodeArguments(
                        List.of(new RaftParameter("quantity", int.class)), json("{\"quantity\":\"many\"}")))
                .withMessageContaining("'quantity'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decodeArguments(List.of(), json("[1]")))
                .withMessageContaining("keyed by parameter name");
        assertThatIllegalArgumentException().isThrownBy(() -> codec.decodeArguments(List.of(), json("{\"a")));
    }

    @Test
    void recordsGenericsDatesAndOptionalsComeBackEqual() throws IOException {
        var order = new Order("a", 2, LocalDate.of(2026, 11, 21), Optional.of("soon"));
        var orders = Map.of("today", List.of(order, new Order("b", 1, LocalDate.EPOCH, Optional.empty())));
        assertThat(roundTrip(orders, genericType("orders"))).isEqualTo(orders);
        var moment = Optional.of(Instant.parse("2026-11-21T22:33:44.123456789Z"));
        assertThat(roundTrip(moment, genericType("moment"))).isEqualTo(moment);
        assertThat(roundTrip(null, String.class)).isNull();
        assertThat(roundTrip(null, void.class)).isNull();
        assertThat(roundTrip(new byte[] {0, -1}, byte[].class)).isEqualTo(new byte[] {0, -1});
    }

    private @Nullable Object roundTrip(@Nullable Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return codec.read(new ByteArrayInputStream(out.toByteArray()), type);
    }

    private static ByteBuffer json(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }

    private static Type genericType(String method) {
        try {
            return Shapes.class.getDeclaredMethod(method).getGenericReturnType();
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(method, e);
        }
    }
}
