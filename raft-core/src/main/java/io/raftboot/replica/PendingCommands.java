package io.raftboot.replica;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of this member's callers that have no outcome yet, by the counter in their envelope. Any thread: a
 * command enters once and is removed once, by whichever of the apply stage, the raft stage and the clock ends it.
 */
final class PendingCommands {
    private final Map<Long, LocalCommand> byCounter = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong lastCounter;
    private final int limit;

    /**
     * @param firstCounter where to begin to count; the run that the envelope names beside it tells the commands of one run
     *     from those of another
     */
    PendingCommands(int limit, long firstCounter) {
        this.limit = limit;
        this.lastCounter = new AtomicLong(firstCounter);
    }

    long nextCounter() {
        return lastCounter.incrementAndGet();
    }

    /** Whether there is room; if so, one place is taken and {@link #add} must follow. */
    boolean reserve() {
        if (size.incrementAndGet() > limit) {
            size.decrementAndGet();
            return false;
        }
        return true;
    }

    /** The replica's own commands find room always: there are few, and what waits for them counts already. */
    void addOwn(LocalCommand command) {
        size.incrementAndGet();
        add(command);
    }

    void add(LocalCommand command) {
        byCounter.put(command.counter(), command);
    }

    @Nullable
    LocalCommand get(long counter) {
        return byCounter.get(counter);
    }

    void remove(LocalCommand command) {
        if (byCounter.remove(command.counter(), command)) {
            size.decrementAndGet();
        }
    }

    void forEach(Consumer<LocalCommand> action) {
        byCounter.values().forEach(action);
    }

    boolean isEmpty() {
        return byCounter.isEmpty();
    }
}
