package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.CommandContext;
import io.raftboot.linearizability.Call;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KeyValueMachineTests {
    private final KeyValueMachine machine = new KeyValueMachine();
    private long index;

    @Test
    void callsDoWhatTheCheckThinksTheyDo() {
        apply(machine, "a", new Call.Write("1"));
        apply(machine, "a", new Call.Append("2"));
        assertThat(value(machine, "a")).isEqualTo("1,2");
        assertThat(apply(machine, "a", new Call.CompareAndSet("1", "3"))).isEqualTo(Call.NOT_SET);
        assertThat(apply(machine, "a", new Call.CompareAndSet("1,2", "3"))).isEqualTo(Call.SET);
        assertThat(value(machine, "a")).isEqualTo("3");
        assertThat(value(machine, "b")).isEmpty();
        assertThat(apply(machine, "b", new Call.CompareAndSet("", "4"))).isEqualTo(Call.SET);
    }

    @Test
    void restoredMachineHasTheSameState() throws IOException {
        apply(machine, "a", new Call.Append("1"));
        apply(machine, "b", new Call.Append("2"));
        var bytes = new ByteArrayOutputStream();
        machine.snapshot().writeTo(bytes);
        var restored = new KeyValueMachine();
        restored.restore(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(restored.state()).isEqualTo(machine.state());
        apply(machine, "a", new Call.Append("3"));
        index--;
        apply(restored, "a", new Call.Append("3"));
        assertThat(restored.state()).isEqualTo(machine.state());
    }

    @Test
    void digestTellsWhatValuesDoNot() {
        var other = new KeyValueMachine();
        apply(machine, "a", new Call.Write("1"));
        apply(machine, "a", new Call.Write("3"));
        index = 0;
        apply(other, "a", new Call.Write("2"));
        apply(other, "a", new Call.Write("3"));
        assertThat(value(other, "a")).isEqualTo(value(machine, "a"));
        assertThat(other.state()).isNotEqualTo(machine.state());
    }

    private String apply(KeyValueMachine to, String key, Call call) {
        index++;
        return new String(
                to.apply(
                        new CommandContext(index, 1, Instant.EPOCH),
                        KeyValueMachine.command(key, call).getBytes(UTF_8)),
                UTF_8);
    }

    private static String value(KeyValueMachine of, String key) {
        return new String(of.query(key.getBytes(UTF_8)), UTF_8);
    }
}
