package io.raftboot.replica.stage;

import io.raftboot.agent.Clock;
import io.raftboot.api.meter.MemberMeter;

/**
 * Measures, on the leader, how long it takes from when entries are given to the log and sent to the followers until they are known to be
 * committed. One measure is taken for what is given at once, and nothing is allocated for it. Owned by the raft stage.
 */
final class CommitClock {
    /** Batches under way; a power of two. Where there are more, the newest one takes in what comes. */
    private static final int CAPACITY = 1024;

    private final Clock clock;
    private final MemberMeter meter;
    private final long[] lastIndexes = new long[CAPACITY];
    private final int[] entryCounts = new int[CAPACITY];
    private final long[] sinceNanos = new long[CAPACITY];
    private long first;
    private long next;

    CommitClock(Clock clock, MemberMeter meter) {
        this.clock = clock;
        this.meter = meter;
    }

    /** Entries are on their way, the last of which has this index. */
    void appended(long lastIndex, int entryCount) {
        if (next - first == CAPACITY) {
            int newest = place(next - 1);
            lastIndexes[newest] = lastIndex;
            entryCounts[newest] += entryCount;
            return;
        }
        int at = place(next++);
        lastIndexes[at] = lastIndex;
        entryCounts[at] = entryCount;
        sinceNanos[at] = clock.nanoTime();
    }

    /** The log is committed up to there. */
    void committed(long index) {
        if (first == next || lastIndexes[place(first)] > index) {
            return;
        }
        long now = clock.nanoTime();
        while (first < next && lastIndexes[place(first)] <= index) {
            int at = place(first++);
            meter.committed(entryCounts[at], now - sinceNanos[at]);
        }
    }

    /** This member leads no more, or in another term: what it has appended need not be committed. */
    void forget() {
        first = next;
    }

    private static int place(long position) {
        return (int) (position & (CAPACITY - 1));
    }
}
