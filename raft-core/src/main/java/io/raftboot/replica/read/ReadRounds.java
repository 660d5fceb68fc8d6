package io.raftboot.replica.read;

import com.google.protobuf.ByteString;
import io.raftboot.raft.ReadState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads by ReadIndex (dissertation section 6.4), many in a round. One round is under way at a time; a read
 * that comes meanwhile joins the next one, because the index of a round that already began may be older than a write
 * that was acknowledged before this read. A round that got lost is asked again with a NEW context, so that a late answer
 * to the old one can't be taken for it. Owned by the raft stage.
 */
final class ReadRounds {
    private final Start begin;
    private final Confirmed confirmed;
    private final long retryNanos;

    private List<PendingRead> waiting = new ArrayList<>();
    private List<PendingRead> underWay = List.of();
    private @Nullable ByteString context;
    private final long runId;
    private long contextCounter;
    private long startedNanos;

    /** Somebody wants a round, though no read waits for it. */
    private boolean asked;

    /** Has the core begin a round. */
    @FunctionalInterface
    interface Start {
        void begin(ByteString context);
    }

    /** Is told of rounds that were answered. */
    @FunctionalInterface
    interface Confirmed {
        /**
         * A round was answered.
         *
         * @param reads of the round; may be empty
         * @param index that they have to see: everything that was acknowledged before the round started is up to there
         * @param startedNanos read before anything of the round was sent
         */
        void confirmed(List<PendingRead> reads, long index, long startedNanos);
    }

    /**
     * @param begin asks the core for the index of a round, by its context
     * @param confirmed gets the reads of each answered round
     * @param retryNanos after which an unanswered round counts as lost
     * @param runId makes contexts differ from those of this member's earlier runs, whose answers may still come
     */
    ReadRounds(Start begin, Confirmed confirmed, long retryNanos, long runId) {
        this.begin = begin;
        this.confirmed = confirmed;
        this.retryNanos = retryNanos;
        this.runId = runId;
    }

    void add(PendingRead read) {
        waiting.add(read);
    }

    /** The next round is wanted, whether or not a read waits for it. */
    void ask() {
        asked = true;
    }

    /** Whether there is nothing to do, now or later. */
    boolean isEmpty() {
        return waiting.isEmpty() && context == null && !asked;
    }

    /** Starts a round if one is wanted and none is under way, or the one under way is lost. */
    void step(long nowNanos) {
        if (context != null && nowNanos - startedNanos > retryNanos) {
            abandonRound();
        }
        if (context == null && (asked || !waiting.isEmpty())) {
            start(nowNanos);
        }
    }

    /** The leader changed: who was asked will not answer. */
    void abandonRound() {
        if (context != null) {
            context = null;
            underWay.addAll(waiting);
            waiting = underWay;
            underWay = List.of();
        }
    }

    void answered(ReadState state) {
        if (state.requestContext().equals(context)) {
            var reads = underWay;
            context = null;
            underWay = List.of();
            confirmed.confirmed(reads, state.index(), startedNanos);
        }
    }

    /** Ends some of the reads. */
    void refuseWhere(Predicate<PendingRead> which, Consumer<PendingRead> refusal) {
        waiting.removeIf(read -> {
            boolean refused = which.test(read);
            if (refused) {
                refusal.accept(read);
            } else if (read.isDone()) {
                read.letGo();
            }
            return refused || read.isDone();
        });
        for (PendingRead read : underWay) {
            if (which.test(read)) {
                refusal.accept(read);
            }
        }
    }

    private void start(long nowNanos) {
        underWay = waiting;
        waiting = new ArrayList<>();
        contextCounter++;
        context = ByteString.copyFrom(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(runId)
                .putLong(contextCounter)
                .flip());
        startedNanos = nowNanos;
        asked = false;
        begin.begin(context);
    }
}
