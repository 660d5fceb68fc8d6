package io.raftboot.replica.command;

import io.raftboot.api.meter.MemberLoad;
import io.raftboot.replica.duty.ByteBudget;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of this member's callers that have no outcome yet, by the counter in their envelope. Any thread: a
 * command enters once and is removed once, by whichever of the apply stage, the raft stage and the clock ends it.
 */
public final class PendingCommands {
    /** What a command takes beside its payload: its envelope, its future, its place in queues. */
    private static final int OVERHEAD_BYTES = 512;

    private final CounterTable byCounter;
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong lastCounter;
    private final int limit;
    private final ByteBudget bytes;

    /**
     * @param firstCounter where to begin to count; the run that the envelope names beside it tells the commands of one run
     *     from those of another
     */
    public PendingCommands(int limit, long firstCounter) {
        this(limit, Long.MAX_VALUE, firstCounter);
    }

    /**
     * As {@link #PendingCommands(int, long)}.
     *
     * @param maxBytes of all commands together
     */
    public PendingCommands(int limit, long maxBytes, long firstCounter) {
        this.limit = limit;
        this.byCounter = new CounterTable(limit);
        this.bytes = new ByteBudget(maxBytes);
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

    /** Whether there is room for as many bytes and what comes with them; if so, they are taken and {@link #add} must follow. */
    boolean reserveBytes(long payloadBytes) {
        return bytes.reserve(payloadBytes + OVERHEAD_BYTES);
    }

    /** There is no place for what the bytes were taken for. */
    void releaseBytes(long payloadBytes) {
        bytes.release(payloadBytes + OVERHEAD_BYTES);
    }

    /** The replica's own commands find room always: there are few, and what waits for them counts already. */
    public void addOwn(LocalCommand command) {
        size.incrementAndGet();
        add(command);
    }

    void add(LocalCommand command) {
        byCounter.add(command);
    }

    /** As {@link #add(LocalCommand)}, for a command that bytes were taken for. */
    void add(LocalCommand command, long payloadBytes) {
        command.holds(payloadBytes + OVERHEAD_BYTES);
        byCounter.add(command);
    }

    @Nullable
    public LocalCommand get(long counter) {
        return byCounter.get(counter);
    }

    void remove(LocalCommand command) {
        if (byCounter.remove(command)) {
            size.decrementAndGet();
            bytes.release(command.heldBytes());
        }
    }

    public void forEach(Consumer<LocalCommand> action) {
        byCounter.forEach(action);
    }

    /** Any thread: how much waits. */
    public MemberLoad load() {
        return new MemberLoad(size.get(), bytes.heldBytes());
    }

    boolean isEmpty() {
        return byCounter.isEmpty();
    }
}
