package io.raftboot.spring;

import io.raftboot.replica.Consistency;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants otherwise.
 *
 * @param timeout        null for {@code raft.command-timeout}
 * @param consistency    of a query; null for what the query declares, linearizable if it declares nothing
 * @param idempotencyKey of a command: a name by which it may be sent again, through any member and after a restart of the
 *     caller, and is applied once; null for that of the {@link IdempotencyScope}, if there is one
 */
public record RaftCallOptions(
        @Nullable Duration timeout, @Nullable Consistency consistency, @Nullable String idempotencyKey) {
    private static final RaftCallOptions DEFAULTS = new RaftCallOptions(null, null, null);

    public RaftCallOptions {
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
            throw new IllegalArgumentException("a call's timeout must be longer than 0, not " + timeout);
        }
    }

    /** Nothing otherwise. */
    public static RaftCallOptions defaults() {
        return DEFAULTS;
    }

    public RaftCallOptions withTimeout(Duration value) {
        return new RaftCallOptions(value, consistency, idempotencyKey);
    }

    public RaftCallOptions withConsistency(Consistency value) {
        return new RaftCallOptions(timeout, value, idempotencyKey);
    }

    public RaftCallOptions withIdempotencyKey(String value) {
        return new RaftCallOptions(timeout, consistency, value);
    }
}
