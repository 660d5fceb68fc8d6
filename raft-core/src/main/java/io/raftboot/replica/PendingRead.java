package io.raftboot.replica;

import java.util.concurrent.CompletableFuture;

/**
 * A read on its way: waits on the raft stage for the index it has to see, then on the apply stage until that is
 * applied. Its future is completed by whoever is first; a stage that finds it done lets it drop.
 */
final class PendingRead implements TimedCall {
    /** What a read takes beside its query. */
    static final int OVERHEAD_BYTES = 512;

    private final MachineSlot machine;
    private final byte[] query;
    private final ReadOptions options;
    private final long maxStalenessNanos;
    private final long deadlineNanos;
    private final CompletableFuture<ReadOutcome> future = new CompletableFuture<>();

    /** Owned by the raft stage. */
    private long giveUpNanos;

    PendingRead(MachineSlot machine, byte[] query, ReadOptions options, long deadlineNanos) {
        this.machine = machine;
        this.query = query;
        this.options = options;
        var staleness = options.maxStaleness();
        this.maxStalenessNanos =
                staleness == null || staleness.compareTo(LONGEST) >= 0 ? LONGEST.toNanos() : staleness.toNanos();
        this.deadlineNanos = deadlineNanos;
        this.giveUpNanos = deadlineNanos;
    }

    MachineSlot machine() {
        return machine;
    }

    byte[] query() {
        return query;
    }

    ReadOptions options() {
        return options;
    }

    /** Whether it may be answered from a state that is not the newest, but not from any. */
    boolean boundsStaleness() {
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

    CompletableFuture<ReadOutcome> future() {
        return future;
    }

    @Override
    public void giveUp(String hint) {
        refuse(RefusalReason.TIMED_OUT, "this member did not answer the read in time" + hint);
    }

    @Override
    public void stopped(String why) {
        refuse(RefusalReason.NOT_RUNNING, why);
    }

    void refuse(RefusalReason reason, String message) {
        future.complete(new ReadOutcome.Refused(reason, message));
    }
}
