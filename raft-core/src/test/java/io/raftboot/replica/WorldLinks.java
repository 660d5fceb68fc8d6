package io.raftboot.replica;

import io.raftboot.simulation.Links;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The network between the members of a world: cuts by direction, weather that is the same for all, and links that are clogged. */
final class WorldLinks implements Links {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final double[] LOSSES = {0, 0, 0.01, 0.1, 0.3};
    private static final double[] REPETITIONS = {0, 0, 0.1};
    private static final long[] LATENESS = {100 * MICRO, MILLI, 5 * MILLI, 40 * MILLI};

    private record Link(long from, long to) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            int first = Long.compare(from, other.from);
            return first != 0 ? first : Long.compare(to, other.to);
        }
    }

    private final RandomGenerator random;
    private final Map<Link, Long> clogged = new TreeMap<>();
    private double loss;
    private double repetition;
    private long latestNanos = 100 * MICRO;

    WorldLinks(RandomGenerator random) {
        this.random = random;
    }

    /** From now on. */
    void weather(int what) {
        loss = LOSSES[what % LOSSES.length];
        repetition = REPETITIONS[(what / 7) % REPETITIONS.length];
        latestNanos = LATENESS[(what / 31) % LATENESS.length];
    }

    void clog(long from, long to, long nanos) {
        clogged.put(new Link(from, to), nanos);
    }

    void calm() {
        loss = 0;
        repetition = 0;
        latestNanos = 100 * MICRO;
        clogged.clear();
    }

    @Override
    public boolean isLost(long from, long to) {
        return loss > 0 && random.nextDouble() < loss;
    }

    @Override
    public boolean isRepeated(long from, long to) {
        return repetition > 0 && random.nextDouble() < repetition;
    }

    @Override
    public long delayNanos(long from, long to) {
        return random.nextLong(latestNanos) + clogged.getOrDefault(new Link(from, to), 0L);
    }
}
