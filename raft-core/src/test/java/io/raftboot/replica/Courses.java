package io.raftboot.replica;

import org.jspecify.annotations.Nullable;

/** Runs that a mistake is looked for with. Called by name, in a class loader that has the mistake. */
final class Courses {
    private static final int STEPS = 10_000;
    private static final int LEASE_EVERY = 4;
    private static final int LEASE_ACTIONS = 2_000;

    private Courses() {}

    /** What was found with this seed; null if nothing was. */
    static @Nullable String find(long seed) {
        try {
            if (seed % LEASE_EVERY == 0) {
                new LeaseSimulation(seed, LeaseDefect.NONE).run(LEASE_ACTIONS);
                return null;
            }
            var found = new WorldRun(seed, null, STEPS).run().found();
            return found.isEmpty() ? null : found.get(0);
        } catch (AssertionError | RuntimeException e) {
            return describe(e);
        }
    }

    private static String describe(Throwable failure) {
        var text = new StringBuilder(failure.toString());
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            text.append(", caused by ").append(cause);
        }
        return text.toString();
    }
}
