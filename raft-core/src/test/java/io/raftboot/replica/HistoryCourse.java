package io.raftboot.replica;

import org.jspecify.annotations.Nullable;

/** A world that is held to what its clients were told alone. Called by name, in a class loader that has a mistake. */
final class HistoryCourse {
    private static final int STEPS = 4_000;

    private HistoryCourse() {}

    /** What has no order with this seed; null if all has one. */
    static @Nullable String find(long seed) {
        return new WorldRun(seed, null, STEPS, World.Held.HISTORY)
                .run().found().stream()
                        .filter(found -> found.startsWith(StoreHistory.NO_ORDER))
                        .findFirst()
                        .orElse(null);
    }
}
