package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
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
