package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Meters of who leads, as this member knows it. Called by one thread at a time. */
final class LeaderMeters {
    private final LongSupplier nanoTime;
    private final Counter changes;
    private final Timer absence;
    private @Nullable Long last;
    private boolean known;
    private long absentSinceNanos;

    LeaderMeters(MeterRegistry registry, Tags tags, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.absentSinceNanos = nanoTime.getAsLong();
        this.changes = tags.counter(
                registry, "raft.leader.changes", "Times that this member has come to know another leader than before");
        this.absence = tags.timer(registry, "raft.leader.absence", "Times for which this member knew no leader");
    }

    void changed(@Nullable Long leaderId) {
        if (leaderId == null) {
            absentSinceNanos = nanoTime.getAsLong();
            known = false;
            return;
        }
        if (!known) {
            absence.record(nanoTime.getAsLong() - absentSinceNanos, TimeUnit.NANOSECONDS);
            known = true;
        }
        if (!leaderId.equals(last)) {
            changes.increment();
            last = leaderId;
        }
    }
}
