package io.raftboot.replica.machine;

import io.raftboot.replica.proto.SequencedResult;
import io.raftboot.replica.proto.SessionItem;
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
    private final SequenceWindow<KeptResult> results;
    private long expiresAtMillis;

    KeptSession(long id, long timeoutMillis, long nowMillis) {
        this.id = id;
        this.timeoutMillis = timeoutMillis;
        this.results = new SequenceWindow<>(0);
        touch(nowMillis);
    }

    KeptSession(SessionItem item) {
        id = item.getId();
        timeoutMillis = item.getTimeoutMillis();
        expiresAtMillis = item.getExpiresAtMillis();
        results = new SequenceWindow<>(item.getLowestUnanswered());
        item.getResultsList().forEach(result -> record(result.getSequence(), KeptResult.of(result.getResult())));
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
        return sequence < results.lowest();
    }

    @Nullable
    KeptResult result(long sequence) {
        return results.get(sequence);
    }

    void record(long sequence, KeptResult result) {
        results.put(sequence, result);
    }

    /**
     * The caller needs no answer below this sequence any more.
     *
     * @param forgotten told of each result that is dropped for it
     */
    void forgetBelow(long sequence, LongConsumer forgotten) {
        results.forgetBelow(sequence, forgotten);
    }

    /** Calls for the sequence of each result that is kept, ascending. */
    void forEachSequence(LongConsumer action) {
        results.forEach((result, sequence) -> action.accept(sequence));
    }

    /** The same on every member, in the same order. */
    SessionItem toItem() {
        var item = toItemWithoutResults().toBuilder();
        results.forEach((result, sequence) -> item.addResults(
                SequencedResult.newBuilder().setSequence(sequence).setResult(result.toMessage())));
        return item.build();
    }

    SessionItem toItemWithoutResults() {
        return SessionItem.newBuilder()
                .setId(id)
                .setTimeoutMillis(timeoutMillis)
                .setExpiresAtMillis(expiresAtMillis)
                .setLowestUnanswered(results.lowest())
                .build();
    }
}
