package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.proto.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CounterTableTests {
    private static final int EXPECTED = 8;

    private final CounterTable table = new CounterTable(EXPECTED);

    private static LocalCommand command(long counter) {
        return new LocalCommand(
                Envelope.newBuilder().setAskedCounter(counter), 0, new PendingCommands(1, 0), null, (c, reason) -> {});
    }

    @Test
    void commandOfLongAgoLeavesThoseThatWouldHaveItsPlaceAnother() {
        var old = command(3);
        table.add(old);
        for (long counter = 4; counter < 100; counter++) {
            var command = command(counter);
            table.add(command);
            assertThat(table.get(counter)).isSameAs(command);
            assertThat(table.get(3)).isSameAs(old);
            assertThat(table.remove(command)).isTrue();
            assertThat(table.remove(command)).as("once").isFalse();
            assertThat(table.get(counter)).isNull();
        }
        assertThat(table.remove(old)).isTrue();
        assertThat(table.get(3)).isNull();
    }

    @Test
    void eachIsThereOnceHoweverManyThereAre() {
        var all = new TreeMap<Long, LocalCommand>();
        for (long counter = 1; counter <= 5 * EXPECTED; counter++) {
            all.put(counter, command(counter));
        }
        all.values().forEach(table::add);
        List<Long> found = new ArrayList<>();
        table.forEach(command -> found.add(command.counter()));
        assertThat(found).containsExactlyInAnyOrderElementsOf(all.keySet());
        all.forEach((counter, command) -> assertThat(table.get(counter)).isSameAs(command));
    }

    @Test
    void oneAloneOfThoseThatRemoveItIsToldSo() throws Exception {
        var pool = Executors.newFixedThreadPool(3);
        try {
            for (long counter = 1; counter <= 500; counter++) {
                var command = command(counter);
                table.add(command);
                var removed = new AtomicInteger();
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    all.add(pool.submit(() -> {
                        if (table.remove(command)) {
                            removed.incrementAndGet();
                        }
                    }));
                }
                for (var one : all) {
                    one.get();
                }
                assertThat(removed).hasValue(1);
            }
        } finally {
            pool.shutdown();
        }
    }
}
