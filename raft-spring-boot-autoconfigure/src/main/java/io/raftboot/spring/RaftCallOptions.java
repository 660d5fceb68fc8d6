package io.raftboot.spring;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants otherwise, or all calls of a {@link RaftCallScope}. What belongs to queries does nothing to commands, and
 * the other way round.
 *
 * @param timeout null for {@code raft.command-timeout}
 * @param consistency of a query; null for what the query declares, linearizable if it declares nothing
 * @param maxStaleness of a query: how old the answer may be, see {@link ReadOptions#maxStaleness()}; makes it a
 *     {@link Consistency#LOCAL} one. Null for what the query declares, if it is a local one
 * @param minIndex of a query: it is answered from a state that has this index of the log at least, so that it sees the
 *     command that was applied there ({@link RaftResult.Applied#index()}), and waits for that up to the timeout; 0 for any
 * @param idempotencyKey of a command: a name by which it may be sent again, through any member and after a restart of the
 *     caller, and is applied once; null for that of the {@link RaftCallScope}, if there is one
 */
public record RaftCallOptions(
        @Nullable Duration timeout,
        @Nullable Consistency consistency,
        @Nullable Duration maxStaleness,
        long minIndex,
        @Nullable String idempotencyKey) {
    private static final RaftCallOptions DEFAULTS = new RaftCallOptions(null, null, null, 0, null);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range, or a staleness goes with a consistency that has none
     */
    public RaftCallOptions {
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
            throw new IllegalArgumentException("a call's timeout must be longer than 0, not " + timeout);
        }
        if (maxStaleness != null && consistency == null) {
            consistency = Consistency.LOCAL;
        }
        if (consistency != null) {
            // Has the checks.
            var unused = new ReadOptions(consistency, maxStaleness, minIndex, timeout);
        } else if (minIndex < 0) {
            throw new IllegalArgumentException("a query's least index must be 0 or greater, not " + minIndex);
        }
    }

    /** Nothing otherwise. */
    public static RaftCallOptions defaults() {
        return DEFAULTS;
    }

    public RaftCallOptions withTimeout(Duration value) {
        return new RaftCallOptions(value, consistency, maxStaleness, minIndex, idempotencyKey);
    }

    public RaftCallOptions withConsistency(Consistency value) {
        return new RaftCallOptions(timeout, value, maxStaleness, minIndex, idempotencyKey);
    }

    public RaftCallOptions withMaxStaleness(Duration value) {
        return new RaftCallOptions(timeout, consistency, value, minIndex, idempotencyKey);
    }

    public RaftCallOptions withMinIndex(long value) {
        return new RaftCallOptions(timeout, consistency, maxStaleness, value, idempotencyKey);
    }

    public RaftCallOptions withIdempotencyKey(String value) {
        return new RaftCallOptions(timeout, consistency, maxStaleness, minIndex, value);
    }

    /** These, and others where these say nothing. Of two least indexes both have to be seen. */
    RaftCallOptions orElse(RaftCallOptions others) {
        boolean own = consistency != null;
        return new RaftCallOptions(
                timeout != null ? timeout : others.timeout,
                own ? consistency : others.consistency,
                own ? maxStaleness : others.maxStaleness,
                Math.max(minIndex, others.minIndex),
                idempotencyKey != null ? idempotencyKey : others.idempotencyKey);
    }

    /** Options for the group, with what the query declares where these say nothing. */
    ReadOptions forQuery(Consistency declared, @Nullable Duration declaredMaxStaleness) {
        Consistency wanted = consistency == null ? declared : consistency;
        Duration staleness = maxStaleness != null || wanted != Consistency.LOCAL ? maxStaleness : declaredMaxStaleness;
        return new ReadOptions(wanted, staleness, minIndex, timeout);
    }
}
