package io.raftboot.replica.snapshot;

import io.raftboot.agent.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What became of the newest try to take a snapshot, and when the next one may be: after a failure not at once, for what kept the
 * state from being captured or written seldom passes quickly, and capturing it costs. Owned by the apply stage, but for what
 * says any thread.
 */
final class SnapshotBackOff {
    static final long FIRST_MILLIS = 1_000;
    static final long LONGEST_MILLIS = 10 * 60_000;

    private final Clock clock;
    private long waitMillis = FIRST_MILLIS;
    private volatile long failedNanos;
    private volatile long waitNanos;
    private volatile @Nullable String failure;

    SnapshotBackOff(Clock clock) {
        this.clock = clock;
    }

    void failed(String why) {
        failedNanos = clock.nanoTime();
        waitNanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        waitMillis = Math.min(2 * waitMillis, LONGEST_MILLIS);
        failure = why;
    }

    void succeeded() {
        waitMillis = FIRST_MILLIS;
        failure = null;
    }

    /** Any thread: whether the newest try failed. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Any thread: whether enough time has passed since a failure, if the newest try was one. */
    boolean isOver() {
        return failure == null || clock.nanoTime() - failedNanos >= waitNanos;
    }

    /** Any thread: why the newest try failed; null if it did not. */
    @Nullable
    String failure() {
        return failure;
    }
}
