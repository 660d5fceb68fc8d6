package io.raftboot.replica;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Reads that wait until what they have to see is applied, and how they are answered then. Owned by the apply stage. */
final class ParkedReads {
    private final PriorityQueue<Parked> parked = new PriorityQueue<>(Comparator.comparingLong(Parked::index));
    private final Executor readers;

    /** Whether any read waits; others need not wake the stage to look for late ones if not. */
    private volatile boolean anyWaiting;

    private record Parked(long index, List<PendingRead> reads) {
        /** Refuses those whose time is up; returns whether none is left. */
        boolean expire(long nowNanos, long appliedIndex) {
            boolean waits = false;
            for (PendingRead read : reads) {
                if (nowNanos - read.deadlineNanos() >= 0) {
                    read.refuse(
                            RefusalReason.TIMED_OUT,
                            "this member did not apply in time what the read has to see; its last applied entry is "
                                    + appliedIndex + ", and " + index + " is needed");
                }
                waits |= !read.future().isDone();
            }
            return !waits;
        }
    }

    /**
     * @param readers runs the queries of state machines that read concurrently
     */
    ParkedReads(Executor readers) {
        this.readers = readers;
    }

    /** Reads that may be answered once the index is applied. */
    void add(long index, List<PendingRead> reads) {
        parked.add(new Parked(index, reads));
        anyWaiting = true;
    }

    /** @param onQuery told before each query that runs on this stage */
    void answerUpTo(long appliedIndex, Consumer<PendingRead> onQuery) {
        for (var next = parked.peek(); next != null && next.index() <= appliedIndex; next = parked.peek()) {
            parked.remove();
            next.reads().forEach(read -> answer(read, appliedIndex, onQuery));
        }
        anyWaiting = !parked.isEmpty();
    }

    /** Any thread, a moment old. */
    boolean isAnyWaiting() {
        return anyWaiting;
    }

    /** Refuses the reads whose time is up. */
    void expire(long nowNanos, long appliedIndex) {
        parked.removeIf(waiting -> waiting.expire(nowNanos, appliedIndex));
        anyWaiting = !parked.isEmpty();
    }

    void refuse(String why) {
        parked.forEach(waiting -> waiting.reads().forEach(read -> read.refuse(RefusalReason.NOT_RUNNING, why)));
        parked.clear();
    }

    private void answer(PendingRead read, long index, Consumer<PendingRead> onQuery) {
        if (read.future().isDone()) {
            return;
        }
        if (read.machine().machine().readsConcurrently()) {
            readers.execute(() -> {
                // Its time may have been up while others kept the threads busy.
                if (!read.isDone()) {
                    query(read, index);
                }
            });
        } else {
            onQuery.accept(read);
            query(read, index);
        }
    }

    private static void query(PendingRead read, long index) {
        ReadOutcome outcome;
        try {
            outcome = new ReadOutcome.Answered(read.machine().machine().query(read.query()), index);
        } catch (Exception e) {
            outcome = new ReadOutcome.Failed(e);
        }
        read.future().complete(outcome);
    }
}
