package io.raftboot.replica;

import java.util.concurrent.CompletableFuture;

/**
 * A read on its way: waits on the raft stage for the index it has to see, then on the apply stage until that is
 * applied. Its future is completed by whoever is first; a stage that finds it done lets it drop.
 */
final class PendingRead {
    private final MachineSlot machine;
    private final byte[] query;
    private final long deadlineNanos;
    private final CompletableFuture<ReadOutcome> future = new CompletableFuture<>();

    PendingRead(MachineSlot machine, byte[] query, long deadlineNanos) {
        this.machine = machine;
        this.query = query;
        this.deadlineNanos = deadlineNanos;
    }

    MachineSlot machine() {
        return machine;
    }

    byte[] query() {
        return query;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    CompletableFuture<ReadOutcome> future() {
        return future;
    }

    void refuse(RefusalReason reason, String message) {
        future.complete(new ReadOutcome.Refused(reason, message));
    }
}
