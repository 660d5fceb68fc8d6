package io.raftboot.replica.command;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commands by their counters, which follow one another. Each has its place in a ring; only where a command of long ago is still in its
 * place, one finds its own elsewhere. Any thread, as {@link PendingCommands}.
 */
final class CounterTable {
    private static final int MAX_LENGTH = 1 << 16;

    private final AtomicReferenceArray<@Nullable LocalCommand> ring;
    private final Map<Long, LocalCommand> elsewhere = new ConcurrentHashMap<>();

    /** @param expected how many there are at once at most, most of the time */
    CounterTable(int expected) {
        int length = expected >= MAX_LENGTH ? MAX_LENGTH : Integer.highestOneBit(Math.max(1, expected)) << 1;
        this.ring = new AtomicReferenceArray<>(length);
    }

    void add(LocalCommand command) {
        if (!ring.compareAndSet(place(command.counter()), null, command)) {
            elsewhere.put(command.counter(), command);
        }
    }

    @Nullable
    LocalCommand get(long counter) {
        var command = ring.get(place(counter));
        return command != null && command.counter() == counter ? command : elsewhere.get(counter);
    }

    /** Returns whether it was there; of several that remove it at once, one alone is told so. */
    boolean remove(LocalCommand command) {
        return ring.compareAndSet(place(command.counter()), command, null)
                || elsewhere.remove(command.counter(), command);
    }

    void forEach(Consumer<LocalCommand> action) {
        for (int i = 0; i < ring.length(); i++) {
            var command = ring.get(i);
            if (command != null) {
                action.accept(command);
            }
        }
        elsewhere.values().forEach(action);
    }

    boolean isEmpty() {
        var any = new AtomicBoolean();
        forEach(command -> any.set(true));
        return !any.get();
    }

    private int place(long counter) {
        return (int) (counter & (ring.length() - 1));
    }
}
