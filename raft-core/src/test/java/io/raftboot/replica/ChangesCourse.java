package io.raftboot.replica;

import org.jspecify.annotations.Nullable;

/** Runs with many changes of the members, for mistakes in these. Called by name, in a class loader that has the mistake. */
final class ChangesCourse {
    private static final int STEPS = 10_000;

    private ChangesCourse() {}

    /** What was found with this seed; null if nothing was. */
    static @Nullable String find(long seed) {
        var found = new WorldRun(seed, STEPS, Emphasis.CHANGES).run().found();
        return found.isEmpty() ? null : found.get(0);
    }
}
