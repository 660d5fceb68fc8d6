package io.raftboot.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Members that each begin a write every few milliseconds, whatever becomes of those before.
 *
 * @param members whose first acknowledged write counts, whichever of them has it
 */
record Probes(List<ControlledProcess> members) {
    private static final long POLL_MILLIS = 10;

    /** Begins. */
    static Probes start(List<ControlledProcess> members) throws IOException {
        for (var member : members) {
            member.probe();
        }
        return new Probes(members);
    }

    /**
     * When the first was acknowledged of the writes that were begun since then.
     *
     * @param since in nanoseconds of {@link System#nanoTime}, as what is returned
     * @throws IOException if there is none for so long
     */
    long awaitFirst(long since, Duration patience) throws IOException, InterruptedException {
        while (System.nanoTime() - since < patience.toNanos()) {
            OptionalLong first = first(since);
            if (first.isPresent()) {
                return first.getAsLong();
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        throw new IOException("no write was acknowledged within " + patience);
    }

    private OptionalLong first(long since) throws IOException {
        OptionalLong first = OptionalLong.empty();
        for (var member : members) {
            var acknowledged = member.acknowledgedSince(since);
            if (acknowledged.isPresent() && (first.isEmpty() || acknowledged.getAsLong() < first.getAsLong())) {
                first = acknowledged;
            }
        }
        return first;
    }
}
