package io.raftboot.replica.config;

import org.jspecify.annotations.Nullable;

/**
 * Rule of how often the members of a group compare their states, {@code raft.divergence-check}.
 *
 * @param everyEntries entries between two comparisons, the same on all members; 0 to never compare
 * @param restoreSeed for tests: at entries that are drawn from it this member restores its state machines from a snapshot of
 *     theirs that it takes there and then, but for those that keep their state themselves; null for never
 */
public record DivergencePolicy(int everyEntries, @Nullable Long restoreSeed) {
    /** Most entries between two comparisons: of each entry since the last one a member knows the result's hash. */
    public static final int MAX_ENTRIES = 100_000;

    private static final DivergencePolicy OFF = new DivergencePolicy(0, null);

    /** Checks the number. */
    public DivergencePolicy {
        if (everyEntries < 0 || everyEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException("the number of entries between two comparisons of the states is "
                    + everyEntries + "; write one between 1 and " + MAX_ENTRIES + ", or 0 to never compare them");
        }
    }

    /** States are not compared. */
    public static DivergencePolicy off() {
        return OFF;
    }

    /**
     * States are compared at each index that is a multiple of this.
     *
     * @throws IllegalArgumentException if it is not between 0 and {@value #MAX_ENTRIES}
     */
    public static DivergencePolicy every(int entries) {
        return new DivergencePolicy(entries, null);
    }

    /** As {@link #restoreSeed}. */
    public DivergencePolicy restoringBy(long seed) {
        return new DivergencePolicy(everyEntries, seed);
    }

    public boolean isOn() {
        return everyEntries > 0;
    }
}
