package io.raftboot.replica.change;

import java.util.ArrayDeque;

/**
 * When the commit index of the leader was where, not longer ago than is of use: so a lag in entries is one in time. Owned by the raft
 * stage.
 */
final class CommitTimes {
    /** Samples that are kept. */
    private static final int MAX_SAMPLES = 256;

    /** Parts of the time that matters between two samples: by so much a lag may be taken for a shorter one. */
    private static final int SAMPLES_IN_PATIENCE = 16;

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private final long everyNanos;

    /** Up to this index all was committed at that time, and not before the sample before it. */
    private record Sample(long nanos, long commitIndex) {}

    /** @param patienceNanos lag that has to be told from a shorter one; the longest that is told is a multiple of it */
    CommitTimes(long patienceNanos) {
        this.everyNanos = patienceNanos / SAMPLES_IN_PATIENCE;
    }

    /**
     * Begins anew: what is committed has been for so long that whoever does not have it lags, until it is known to have it. A leader that
     * was just elected, or has stood still, knows nothing of since when.
     */
    void begin(long nowNanos, long commitIndex) {
        samples.clear();
        samples.add(new Sample(nowNanos - 2 * everyNanos * SAMPLES_IN_PATIENCE, commitIndex));
    }

    void note(long nowNanos, long commitIndex) {
        var last = samples.peekLast();
        if (last != null && (commitIndex <= last.commitIndex() || nowNanos - last.nanos() < everyNanos)) {
            return;
        }
        samples.add(new Sample(nowNanos, commitIndex));
        if (samples.size() > MAX_SAMPLES) {
            samples.remove();
        }
    }

    /** Since when something is committed that is behind this index, as far back as is remembered; 0 if nothing is. */
    long lagNanos(long nowNanos, long index) {
        for (var sample : samples) {
            if (sample.commitIndex() > index) {
                return Math.max(0, nowNanos - sample.nanos());
            }
        }
        return 0;
    }

    boolean isEmpty() {
        return samples.isEmpty();
    }

    void clear() {
        samples.clear();
    }
}
