package io.raftboot.replica.machine;

import io.raftboot.replica.proto.CommandResult;
import io.raftboot.replica.proto.SequencedResult;
import io.raftboot.replica.proto.SessionItem;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A session of one caller with one state machine: the results of its commands from the lowest that the caller has had no
 * answer to. Part of the replicated state, so all that changes it is in the entries. Owned by the apply stage.
 *
 * <p>Commands may be applied in another order than their sequence, because they are sent side by side: what is not among
 * the results and not below the lowest is new.
 */
final class KeptSession {
    private final long id;
    private final long timeoutMillis;
    private final Map<Long, CommandResult> results = new HashMap<>();
    private long expiresAtMillis;
    private long lowestUnanswered;

    KeptSession(long id, long timeoutMillis, long nowMillis) {
        this.id = id;
        this.timeoutMillis = timeoutMillis;
        touch(nowMillis);
    }

    KeptSession(SessionItem item) {
        id = item.getId();
        timeoutMillis = item.getTimeoutMillis();
        expiresAtMillis = item.getExpiresAtMillis();
        lowestUnanswered = item.getLowestUnanswered();
        item.getResultsList().forEach(this::record);
    }

    long id() {
        return id;
    }

    long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** The session is in use: it ends its time-out later. */
    void touch(long nowMillis) {
        expiresAtMillis = nowMillis + timeoutMillis;
    }

    /** Whether the caller has said that it needs no answer to this command any more. */
    boolean isAnswered(long sequence) {
        return sequence < lowestUnanswered;
    }

    @Nullable
    CommandResult result(long sequence) {
        return results.get(sequence);
    }

    void record(SequencedResult result) {
        results.put(result.getSequence(), result.getResult());
    }

    /**
     * The caller needs no answer below this sequence any more.
     *
     * @param forgotten told of each result that is dropped for it
     */
    void forgetBelow(long sequence, LongConsumer forgotten) {
        if (sequence <= lowestUnanswered) {
            return;
        }
        if (sequence - lowestUnanswered <= results.size()) {
            for (long answered = lowestUnanswered; answered < sequence; answered++) {
                if (results.remove(answered) != null) {
                    forgotten.accept(answered);
                }
            }
        } else {
            // However far it jumps, no more is done than there is.
            results.keySet().removeIf(answered -> {
                if (answered < sequence) {
                    forgotten.accept(answered);
                }
                return answered < sequence;
            });
        }
        lowestUnanswered = sequence;
    }

    /** Results that are kept. */
    Set<Long> sequences() {
        return results.keySet();
    }

    /** The same on every member, in the same order. */
    SessionItem toItem() {
        var item = toItemWithoutResults().toBuilder();
        new TreeMap<>(results)
                .forEach((sequence, result) -> item.addResults(
                        SequencedResult.newBuilder().setSequence(sequence).setResult(result)));
        return item.build();
    }

    SessionItem toItemWithoutResults() {
        return SessionItem.newBuilder()
                .setId(id)
                .setTimeoutMillis(timeoutMillis)
                .setExpiresAtMillis(expiresAtMillis)
                .setLowestUnanswered(lowestUnanswered)
                .build();
    }
}
