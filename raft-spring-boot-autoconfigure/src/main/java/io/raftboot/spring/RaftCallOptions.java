package io.raftboot.spring;

import io.raftboot.replica.Consistency;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants otherwise.
 *
 * @param timeout     null for {@code raft.command-timeout}
 * @param consistency of a query; null for what the query declares, linearizable if it declares nothing
 */
public record RaftCallOptions(@Nullable Duration timeout, @Nullable Consistency consistency) {
    private static final RaftCallOptions DEFAULTS = new RaftCallOptions(null, null);

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
        return new RaftCallOptions(value, consistency);
    }

    public RaftCallOptions withConsistency(Consistency value) {
        return new RaftCallOptions(timeout, value);
    }
}
