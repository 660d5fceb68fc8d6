package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.spring.machine.AnnotatedStateMachine;
import io.raftboot.spring.machine.StateMachineInspector;
import io.raftboot.spring.payload.ChangedPayloadException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An annotated state machine's snapshot, read back. */
class StateReadBackTests {
    @RaftStateMachine("prices")
    static class Prices {
        private Map<String, Object> prices = new HashMap<>(Map.of("a", 1));

        @RaftCommand
        public void set(String sku, String price) {
            prices.put(sku, new BigDecimal(price));
        }

        @RaftSnapshot
        public Map<String, Object> save() {
            return prices;
        }

        @RaftRestore
        public void restore(Map<String, Object> snapshot) {
            prices = snapshot;
        }
    }

    @RaftStateMachine("raw")
    static class Raw {
        @RaftCommand
        public void nothing() {}

        @RaftSnapshot
        public byte[] save() {
            return new byte[] {1, 2, 3};
        }

        @RaftRestore
        public void restore(byte[] snapshot) {}
    }

    private final Prices prices = new Prices();
    private final AnnotatedStateMachine machine = machine(prices);

    @Test
    void whatComesBackOtherwiseIsNoSnapshot() {
        prices.set("b", "1.10");
        byte[] snapshot = snapshot();
        assertThatExceptionOfType(ChangedPayloadException.class)
                .isThrownBy(() -> machine.verify(new ByteArrayInputStream(snapshot)))
                .withMessage("Map[b] was written as 1.10, and comes back as 1.1");
    }

    @Test
    void stateMayGoOnBeforeItIsReadBack() {
        byte[] snapshot = snapshot();
        prices.set("b", "1.10");
        assertThatCode(() -> machine.verify(new ByteArrayInputStream(snapshot))).doesNotThrowAnyException();
    }

    @Test
    void anotherMembersStateOnlyHasToBeReadable() {
        snapshot();
        var others = "{\"b\":1.10}".getBytes(StandardCharsets.UTF_8);
        assertThatCode(() -> machine.verify(new ByteArrayInputStream(others))).doesNotThrowAnyException();
        var broken = "[1]".getBytes(StandardCharsets.UTF_8);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> machine.verify(new ByteArrayInputStream(broken)));
    }

    @Test
    void bytesAreLeftToTheChecksum() {
        assertThatCode(() -> machine(new Raw()).verify(new ByteArrayInputStream(new byte[] {9})))
                .doesNotThrowAnyException();
    }

    private byte[] snapshot() {
        var out = new ByteArrayOutputStream();
        try {
            machine.snapshot().writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static AnnotatedStateMachine machine(Object bean) {
        var codec = new JsonRaftCodec();
        return new AnnotatedStateMachine(StateMachineInspector.inspect(bean.getClass()), bean, () -> codec);
    }
}
