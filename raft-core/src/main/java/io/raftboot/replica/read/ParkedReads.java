package io.raftboot.replica.read;

import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.notice.QuietLogger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** Reads that wait until what they have to see is applied, and how they are answered then. Owned by the apply stage. */
public final class ParkedReads {
    private final Logger log = QuietLogger.of(ParkedReads.class);

    private final PriorityQueue<Parked> parked = new PriorityQueue<>(Comparator.comparingLong(Parked::index));
    private final Executor readers;

    /** Whether any read waits; others need not wake the stage to look for late ones if not. */
    private volatile boolean anyWaiting;

    private record Parked(long index, List<PendingRead> reads) {
        /** Refuses those whose time is up; returns whether none is left. */
        boolean expire(long nowNanos, long appliedIndex) {
            reads.removeIf(read -> {
                if (nowNanos - read.deadlineNanos() >= 0) {
                    read.refuse(
                            RefusalReason.TIMED_OUT,
                            "this member did not apply in time what the read has to see; its last applied entry is "
                                    + appliedIndex + ", and " + index + " is needed");
                } else if (read.isDone()) {
                    read.letGo();
                }
                return read.isDone();
            });
            return reads.isEmpty();
        }
    }

    /**
     * @param readers runs the queries of state machines that read concurrently
     */
    public ParkedReads(Executor readers) {
        this.readers = readers;
    }

    /** Reads that may be answered once the index is applied. */
    public void add(long index, List<PendingRead> reads) {
        parked.add(new Parked(index, new ArrayList<>(reads)));
        anyWaiting = true;
    }

    /**
     * Answers what waits for an index that is now applied.
     *
     * @param onQuery told before each query that runs on this stage
     */
    public void answerUpTo(long appliedIndex, Consumer<PendingRead> onQuery) {
        for (var next = parked.peek(); next != null && next.index() <= appliedIndex; next = parked.peek()) {
            parked.remove();
            next.reads().forEach(read -> answer(read, appliedIndex, onQuery));
        }
        anyWaiting = !parked.isEmpty();
    }

    /** Any thread, a moment old. */
    public boolean isAnyWaiting() {
        return anyWaiting;
    }

    /** Refuses the reads whose time is up. */
    public void expire(long nowNanos, long appliedIndex) {
        parked.removeIf(waiting -> waiting.expire(nowNanos, appliedIndex));
        anyWaiting = !parked.isEmpty();
    }

    public void refuse(String why) {
        parked.forEach(waiting -> waiting.reads().forEach(read -> read.refuse(RefusalReason.NOT_RUNNING, why)));
        parked.clear();
    }

    private void answer(PendingRead read, long index, Consumer<PendingRead> onQuery) {
        if (read.isDone()) {
            read.letGo();
            return;
        }
        if (!read.asksMachine()) {
            read.answer(new ReadOutcome.Answered(new byte[0], index));
        } else if (read.machine().machine().readsConcurrently()) {
            try {
                readers.execute(() -> query(read, index));
            } catch (RejectedExecutionException e) {
                read.refuse(RefusalReason.OVERLOADED, String.valueOf(e.getMessage()));
            }
        } else {
            onQuery.accept(read);
            query(read, index);
        }
    }

    /**
     * Whatever the query throws is answered, also an Error: it has not changed the state, and one caller's query that wants
     * more memory, or goes deeper, than there is must not stop the member.
     */
    private void query(PendingRead read, long index) {
        if (read.isDone()) {
            // Its time may have been up while others kept the threads busy.
            read.letGo();
            return;
        }
        // What the query or the command before it left behind is no concern of this one.
        var unused = Thread.interrupted();
        ReadOutcome outcome;
        try {
            outcome = new ReadOutcome.Answered(read.machine().machine().query(read.query()), index);
        } catch (Exception e) {
            outcome = new ReadOutcome.Failed(e);
        } catch (Error e) {
            log.warn("a query of '{}' failed", read.machine().name(), e);
            outcome = new ReadOutcome.Failed(
                    new IllegalStateException("the query of '" + read.machine().name() + "' failed: " + e, e));
        }
        read.answer(outcome);
    }
}
