package io.raftboot.replica.change;

import java.util.ArrayDeque;

/**
 * When the commit index of the leader was where, for as long as that is remembered: so a lag in entries is one in time. Owned by the
 * raft stage.
 */
final class CommitTimes {
    /** Samples that are kept; of more, each second one is forgotten, and fewer are taken from then on. */
    private static final int MAX_SAMPLES = 256;

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long everyNanos;

    /** Up to this index all was committed at that time, and not before the sample before it. */
    private record Sample(long nanos, long commitIndex) {}

    void note(long nowNanos, long commitIndex) {
        var last = samples.peekLast();
        boolean news = last == null || commitIndex > last.commitIndex();
        if (!news || (last != null && nowNanos - last.nanos() < everyNanos)) {
            return;
        }
        samples.add(new Sample(nowNanos, commitIndex));
        if (samples.size() > MAX_SAMPLES) {
            thinOut();
        }
    }

    private void thinOut() {
        var first = samples.getFirst();
        var last = samples.getLast();
        everyNanos = 2 * (last.nanos() - first.nanos()) / samples.size();
        boolean keep = false;
        for (var rest = samples.iterator(); rest.hasNext(); keep = !keep) {
            rest.next();
            if (!keep && rest.hasNext()) {
                rest.remove();
            }
        }
    }

    /** Since when something is committed that is behind this index; 0 if nothing is. */
    long lagNanos(long nowNanos, long index) {
        for (var sample : samples) {
            if (sample.commitIndex() > index) {
                return Math.max(0, nowNanos - sample.nanos());
            }
        }
        return 0;
    }

    void clear() {
        samples.clear();
        everyNanos = 0;
    }
}
