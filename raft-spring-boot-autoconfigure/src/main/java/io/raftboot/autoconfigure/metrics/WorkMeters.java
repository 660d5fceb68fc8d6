package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.meter.MemberMeter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Meters of what a member does, told by itself. Any thread. */
final class WorkMeters implements MemberMeter {
    private final CallMeters calls;
    private final Timer force;
    private final DistributionSummary forceBatch;
    private final Timer commit;
    private final Timer apply;
    private final DistributionSummary applyBatch;
    private final Timer snapshot;
    private final Timer install;
    private final Timer pauses;
    private final Counter elections;

    WorkMeters(MeterRegistry registry, Tags tags, CallMeters calls) {
        this.calls = calls;
        this.force = tags.timer(registry, "raft.log.force", "Writing and forcing the log once");
        this.forceBatch = tags.summary(registry, "raft.log.force.batch", "Entries that one force covers");
        this.commit = tags.timer(
                registry,
                "raft.commit.latency",
                "On the leader: from when entries are given to the log and the followers until they are committed");
        this.apply = tags.timer(registry, "raft.apply", "Giving committed entries to the state machines, a batch");
        this.applyBatch = tags.summary(registry, "raft.apply.batch", "Entries of such a batch");
        this.snapshot = tags.timer(
                registry, "raft.snapshot.duration", "Writing, forcing and reading back a snapshot of this member");
        this.install = tags.timer(
                registry, "raft.snapshot.install", "Replacing the state by that of another member's snapshot");
        this.pauses = tags.timer(
                registry, "raft.pauses", "Times for which the process stood still, longer than an election timeout");
        this.elections = tags.counter(registry, "raft.elections", "Elections for which this member stood");
    }

    @Override
    public void command(String machine, @Nullable Outcome outcome, long nanos) {
        calls.command(machine, outcome, nanos);
    }

    @Override
    public void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
        calls.query(machine, consistency, outcome, nanos);
    }

    @Override
    public void forced(int entries, long nanos) {
        force.record(nanos, TimeUnit.NANOSECONDS);
        forceBatch.record(entries);
    }

    @Override
    public void committed(int entries, long nanos) {
        commit.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void applied(int entries, long nanos) {
        apply.record(nanos, TimeUnit.NANOSECONDS);
        applyBatch.record(entries);
    }

    @Override
    public void snapshotTaken(long sizeBytes, long nanos) {
        snapshot.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void snapshotInstalled(long nanos) {
        install.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void electionBegun() {
        elections.increment();
    }

    @Override
    public void paused(long nanos) {
        pauses.record(nanos, TimeUnit.NANOSECONDS);
    }
}
