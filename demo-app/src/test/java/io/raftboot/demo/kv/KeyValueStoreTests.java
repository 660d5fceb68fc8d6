package io.raftboot.demo.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.CommandContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KeyValueStoreTests {
    private final KeyValueStore store = new KeyValueStore();

    @Test
    void writeTellsWhatWasBeforeAndWhereItStands() throws Exception {
        assertThat(at(5).call(() -> store.put("k", bytes("1"))).previous()).isNull();
        KeyValueStore.Written second = at(9).call(() -> store.put("k", bytes("2")));
        assertThat(second.previous()).isEqualTo(bytes("1"));
        assertThat(second.index()).isEqualTo(9);
        assertThat(at(10).call(() -> store.delete("k")).previous()).isEqualTo(bytes("2"));
        assertThat(store.get("k")).isNull();
    }

    @Test
    void compareAndSetChangesWhatIsExpectedOnly() {
        assertThat(store.compareAndSet("k", bytes("x"), bytes("1")).swapped()).isFalse();
        assertThat(store.compareAndSet("k", null, bytes("1")).swapped()).isTrue();
        KeyValueStore.Swapped other = store.compareAndSet("k", bytes("x"), bytes("2"));
        assertThat(other.swapped()).isFalse();
        assertThat(other.current()).isEqualTo(bytes("1"));
        assertThat(store.compareAndSet("k", bytes("1"), null).swapped()).isTrue();
        assertThat(store.get("k")).isNull();
    }

    @Test
    void restoreReplacesAll() throws Exception {
        at(1).call(() -> store.put("a", bytes("1")));
        var saved = store.save();
        at(2).call(() -> store.put("b", bytes("2")));
        store.restore(saved);
        assertThat(store.get("a")).isEqualTo(bytes("1"));
        assertThat(store.get("b")).isNull();
    }

    private static CommandContext at(long index) {
        return new CommandContext(index, 1, Instant.EPOCH);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
