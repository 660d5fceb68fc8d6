package io.raftboot.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a read wants.
 *
 * @param consistency how fresh the answer has to be
 * @param maxStaleness of a {@link Consistency#LOCAL} read: everything that was acknowledged longer than this before the read
 *     began must be in the answer; null for any age. Counted from when this member asked the leader how far the group is, by
 *     its own clock
 * @param minIndex the read is answered from a state that has applied the log up to here at least, and waits for that; 0 for
 *     any. With the index of a command's outcome, on whichever member, it sees that command
 * @param timeout null for {@code ReplicaConfig.commandTimeout}
 */
public record ReadOptions(
        Consistency consistency, @Nullable Duration maxStaleness, long minIndex, @Nullable Duration timeout) {
    /** Sees everything that was acknowledged before the read began. */
    public static final ReadOptions LINEARIZABLE = new ReadOptions(Consistency.LINEARIZABLE, null, 0, null);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a staleness goes with another consistency than LOCAL, or a value is out of its range
     */
    public ReadOptions {
        if (maxStaleness != null && consistency != Consistency.LOCAL) {
            throw new IllegalArgumentException("only a LOCAL read can be stale; " + consistency
                    + " does not go with a largest staleness of " + maxStaleness);
        }
        if (maxStaleness != null && (maxStaleness.isNegative() || maxStaleness.isZero())) {
            throw new IllegalArgumentException("the largest staleness must be longer than 0, not " + maxStaleness);
        }
        if (minIndex < 0) {
            throw new IllegalArgumentException("the least index must be 0 or greater, not " + minIndex);
        }
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
            throw new IllegalArgumentException("a read's timeout must be longer than 0, not " + timeout);
        }
    }

    /** A read of this consistency, and nothing else said. */
    public static ReadOptions of(Consistency consistency) {
        return new ReadOptions(consistency, null, 0, null);
    }

    public ReadOptions withMaxStaleness(@Nullable Duration value) {
        return new ReadOptions(consistency, value, minIndex, timeout);
    }

    public ReadOptions withMinIndex(long value) {
        return new ReadOptions(consistency, maxStaleness, value, timeout);
    }

    public ReadOptions withTimeout(@Nullable Duration value) {
        return new ReadOptions(consistency, maxStaleness, minIndex, value);
    }
}
