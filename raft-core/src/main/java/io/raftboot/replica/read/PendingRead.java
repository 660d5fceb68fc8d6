package io.raftboot.replica.read;

import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.TimedCall;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A read on its way: waits on the raft stage for the index it has to see, then on the apply stage until that is
 * applied. Its future is completed by whoever is first; a stage that finds it done lets it {@linkplain #letGo go}. What it
 * takes of the room for reads is free when that has happened, and not before: a stage that hangs has it in its queue, though
 * its time is up and its caller gone.
 */
public final class PendingRead implements TimedCall {
    /** What a read takes beside its query. */
    public static final int OVERHEAD_BYTES = 512;

    /** State machine that is asked; null if none is, and that a state is reached is all there is to answer. */
    private final @Nullable MachineSlot machine;

    private final byte[] query;
    private final ReadOptions options;
    private final long maxStalenessNanos;
    private final long deadlineNanos;
    private final CompletableFuture<ReadOutcome> future = new CompletableFuture<>();
    private final Runnable onLetGo;
    private final AtomicBoolean letGo = new AtomicBoolean();

    /** Owned by the raft stage. */
    private long giveUpNanos;

    public PendingRead(MachineSlot machine, byte[] query, ReadOptions options, long deadlineNanos) {
        this(machine, query, options, deadlineNanos, () -> {});
    }

    /**
     * As {@link #PendingRead(MachineSlot, byte[], ReadOptions, long)}.
     *
     * @param onLetGo run once, when no stage holds the read any more
     */
    public PendingRead(MachineSlot machine, byte[] query, ReadOptions options, long deadlineNanos, Runnable onLetGo) {
        this(options, deadlineNanos, onLetGo, machine, query);
    }

    /** A read that asks no state machine: it is answered with the index that was reached. */
    static PendingRead ofIndex(ReadOptions options, long deadlineNanos, Runnable onLetGo) {
        return new PendingRead(options, deadlineNanos, onLetGo, null, new byte[0]);
    }

    private PendingRead(
            ReadOptions options, long deadlineNanos, Runnable onLetGo, @Nullable MachineSlot machine, byte[] query) {
        this.onLetGo = onLetGo;
        this.machine = machine;
        this.query = query;
        this.options = options;
        var staleness = options.maxStaleness();
        this.maxStalenessNanos =
                staleness == null || staleness.compareTo(LONGEST) >= 0 ? LONGEST.toNanos() : staleness.toNanos();
        this.deadlineNanos = deadlineNanos;
        this.giveUpNanos = deadlineNanos;
    }

    /** Whether there is a state machine to ask. */
    boolean asksMachine() {
        return machine != null;
    }

    public MachineSlot machine() {
        return Objects.requireNonNull(machine, "the read asks no state machine");
    }

    byte[] query() {
        return query;
    }

    public ReadOptions options() {
        return options;
    }

    /** Whether it may be answered from a state that is not the newest, but not from any. */
    public boolean boundsStaleness() {
        return options.maxStaleness() != null;
    }

    long maxStalenessNanos() {
        return maxStalenessNanos;
    }

    @Override
    public boolean isDone() {
        return future.isDone();
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** When there is no sense in waiting any longer to be told how old the state is. */
    void giveUpAt(long nanos) {
        giveUpNanos = nanos - deadlineNanos < 0 ? nanos : deadlineNanos;
    }

    long giveUpNanos() {
        return giveUpNanos;
    }

    public CompletableFuture<ReadOutcome> future() {
        return future;
    }

    @Override
    public void giveUp(String hint) {
        future.complete(
                new ReadOutcome.Refused(RefusalReason.TIMED_OUT, "this member did not answer the read in time" + hint));
    }

    @Override
    public void stopped(String why) {
        refuse(RefusalReason.NOT_RUNNING, why);
    }

    /** Refuses it; called by the stage that has it, which lets it go. */
    public void refuse(RefusalReason reason, String message) {
        letGo();
        future.complete(new ReadOutcome.Refused(reason, message));
    }

    /** Answers it; called by the stage that has it, as {@link #refuse}. */
    void answer(ReadOutcome outcome) {
        letGo();
        future.complete(outcome);
    }

    /** Lets it go; called by the stage that has it, which does nothing more to it. */
    void letGo() {
        if (letGo.compareAndSet(false, true)) {
            onLetGo.run();
        }
    }
}
