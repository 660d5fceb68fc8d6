package io.raftboot.replica;

import com.google.protobuf.ByteString;
import io.raftboot.raft.ReadState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
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
    private final Consumer<ByteString> readIndex;
    private final BiConsumer<List<PendingRead>, Long> confirmed;
    private final long retryNanos;

    private List<PendingRead> waiting = new ArrayList<>();
    private List<PendingRead> underWay = List.of();
    private @Nullable ByteString context;
    private long contextCounter;
    private long startedNanos;

    /**
     * @param readIndex  asks the core for the index of a round, by its context
     * @param confirmed  gets the reads of a round and the index they have to see
     * @param retryNanos after which an unanswered round counts as lost
     * @param salt       makes contexts differ from those of this member's earlier lives
     */
    ReadRounds(
            Consumer<ByteString> readIndex, BiConsumer<List<PendingRead>, Long> confirmed, long retryNanos, long salt) {
        this.readIndex = readIndex;
        this.confirmed = confirmed;
        this.retryNanos = retryNanos;
        this.contextCounter = salt;
    }

    void add(PendingRead read) {
        waiting.add(read);
    }

    boolean isEmpty() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    /** Starts a round if reads wait and none is under way, or the one under way is lost. */
    void step(long nowNanos) {
        if (context != null && nowNanos - startedNanos > retryNanos) {
            abandonRound();
        }
        if (context == null && !waiting.isEmpty()) {
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
            confirmed.accept(reads, state.index());
        }
    }

    /** Ends the reads whose time is up, or all of them. */
    void refuseWhere(Predicate<PendingRead> which, RefusalReason reason, String message) {
        refuseWhere(waiting, which, reason, message);
        for (PendingRead read : underWay) {
            if (which.test(read)) {
                read.refuse(reason, message);
            }
        }
    }

    private static void refuseWhere(
            List<PendingRead> reads, Predicate<PendingRead> which, RefusalReason reason, String message) {
        reads.removeIf(read -> {
            boolean refused = which.test(read);
            if (refused) {
                read.refuse(reason, message);
            }
            return refused || read.future().isDone();
        });
    }

    private void start(long nowNanos) {
        underWay = waiting;
        waiting = new ArrayList<>();
        contextCounter++;
        context = ByteString.copyFrom(
                ByteBuffer.allocate(Long.BYTES).putLong(contextCounter).flip());
        startedNanos = nowNanos;
        readIndex.accept(context);
    }
}
