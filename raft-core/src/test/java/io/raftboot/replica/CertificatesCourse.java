package io.raftboot.replica;

import org.jspecify.annotations.Nullable;

/** Runs with many certificates, for mistakes in how members know each other. Called by name, in a class loader that has the mistake. */
final class CertificatesCourse {
    private static final int STEPS = 10_000;

    private CertificatesCourse() {}

    /** What was found with this seed; null if nothing was. */
    static @Nullable String find(long seed) {
        var found = new WorldRun(seed, STEPS, Emphasis.TLS).run().found();
        return found.isEmpty() ? null : found.get(0);
    }
}
