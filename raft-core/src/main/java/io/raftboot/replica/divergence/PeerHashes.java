package io.raftboot.replica.divergence;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one other member has told, and what it was told. Owned by the raft stage. */
final class PeerHashes {
    /** Points that are kept of a member; of those that come late to be compared the oldest are forgotten. */
    static final int MAX_POINTS = 256;

    private static final int MAX_BACK_OFF_SHIFT = 6;

    private final NavigableMap<Long, HashPoint> points = new TreeMap<>();

    /** By machine, the newest index at which it was known to be the same here and there. */
    private final Map<String, Long> agreed = new HashMap<>();

    private long toldIndex;
    private boolean underWay;
    private long silentUntilNanos;
    private boolean silent;
    private int failures;

    void add(HashPoint point) {
        keep(points, point);
    }

    static void keep(NavigableMap<Long, HashPoint> points, HashPoint point) {
        points.put(point.index(), point);
        while (points.size() > MAX_POINTS) {
            points.pollFirstEntry();
        }
    }

    @Nullable
    HashPoint at(long index) {
        return points.get(index);
    }

    long agreedIndex(String machine) {
        return agreed.getOrDefault(machine, 0L);
    }

    void agreed(String machine, long index) {
        agreed.merge(machine, index, Math::max);
    }

    /** Newest own point that it has taken. */
    long toldIndex() {
        return toldIndex;
    }

    /** Whether it may be told something at this time. */
    boolean mayBeTold(long nowNanos) {
        return !underWay && !isSilent(nowNanos);
    }

    /** Whether it does not answer, or not compare, and so is not waited for. */
    boolean isSilent(long nowNanos) {
        return silent && nowNanos - silentUntilNanos < 0;
    }

    void asked() {
        underWay = true;
    }

    void took(long index) {
        underWay = false;
        silent = false;
        failures = 0;
        toldIndex = Math.max(toldIndex, index);
    }

    /** It did not answer, or not as one that compares: it is asked again later, and later each time. */
    void failed(long nowNanos, long patienceNanos) {
        underWay = false;
        silent = true;
        silentUntilNanos = nowNanos + (patienceNanos << Math.min(failures++, MAX_BACK_OFF_SHIFT));
    }

    /** There is another connection: it may be another version by now, and may have missed what it was told. */
    void connected() {
        silent = false;
        failures = 0;
    }
}
