package io.raftboot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KeyValueMachineTests {
    private static final CommandContext CONTEXT = new CommandContext(1, 1, Instant.EPOCH);

    @Test
    void restoredMachineHasWhatTheCapturedOneHadThen() throws Exception {
        var machine = new KeyValueMachine();
        machine.apply(CONTEXT, put(1, "a"));
        machine.apply(CONTEXT, put(2, "b"));
        var captured = machine.snapshot();
        machine.apply(CONTEXT, put(2, "later"));
        var bytes = new ByteArrayOutputStream();
        captured.writeTo(bytes);

        var restored = new KeyValueMachine();
        restored.apply(CONTEXT, put(3, "gone"));
        restored.restore(new ByteArrayInputStream(bytes.toByteArray()));

        assertThat(restored.query(key(1))).asString().isEqualTo("a");
        assertThat(restored.query(key(2))).asString().isEqualTo("b");
        assertThat(restored.query(key(3))).isEmpty();
    }

    private static byte[] put(long key, String value) {
        return ByteBuffer.allocate(Long.BYTES + value.length())
                .putLong(key)
                .put(value.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static byte[] key(long key) {
        return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
    }
}
