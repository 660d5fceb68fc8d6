package io.raftboot.replica;

import io.raftboot.simulation.Links;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Links that lose, delay and reorder, of which no member is told. */
final class LeaseLinks implements Links {
    private static final long MILLI = 1_000_000;
    static final long LEAST_DELAY_NANOS = MILLI / 10;
    private static final int LOST_PERCENT = 3;

    private record Link(long from, long to) {}

    private final RandomGenerator random;
    private final Set<Link> slow = new HashSet<>();

    LeaseLinks(RandomGenerator random) {
        this.random = random;
    }

    /** What goes this way comes late from now on, but within an election timeout. */
    void slow(long from, long to) {
        slow.add(new Link(from, to));
    }

    /** Nothing is slow any more. */
    void hurry() {
        slow.clear();
    }

    @Override
    public boolean isLost(long from, long to) {
        return random.nextInt(100) < LOST_PERCENT;
    }

    /** Mostly short, sometimes longer than an election takes. */
    @Override
    public long delayNanos(long from, long to) {
        if (slow.contains(new Link(from, to))) {
            return random.nextLong(40 * MILLI, 48 * MILLI);
        }
        int kind = random.nextInt(1_000);
        return random.nextLong(LEAST_DELAY_NANOS, (kind < 850 ? 3 : kind < 990 ? 60 : 400) * MILLI);
    }
}
