package io.raftboot.replica.duty;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.notice.LogLabels;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Tells all meters of a replica, which may come while a member runs, and the labels of its lines of the term. Any thread. */
public final class MeterRelay implements MemberMeter {
    private final List<MemberMeter> meters = new CopyOnWriteArrayList<>();
    private final LogLabels labels;

    /** Of a member whose lines have these labels, of which one is its term. */
    public MeterRelay(LogLabels labels) {
        this.labels = labels;
    }

    public void add(MemberMeter meter) {
        meters.add(meter);
    }

    /** Whether there is anybody to tell: what nobody hears of need not be measured. */
    public boolean hears() {
        return !meters.isEmpty();
    }

    @Override
    public void command(String machine, @Nullable Outcome outcome, long nanos) {
        for (var meter : meters) {
            meter.command(machine, outcome, nanos);
        }
    }

    @Override
    public void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
        for (var meter : meters) {
            meter.query(machine, consistency, outcome, nanos);
        }
    }

    @Override
    public void forced(int entries, long nanos) {
        for (var meter : meters) {
            meter.forced(entries, nanos);
        }
    }

    @Override
    public void committed(int entries, long nanos) {
        for (var meter : meters) {
            meter.committed(entries, nanos);
        }
    }

    @Override
    public void applied(int entries, long nanos) {
        for (var meter : meters) {
            meter.applied(entries, nanos);
        }
    }

    @Override
    public void snapshotTaken(long sizeBytes, long nanos) {
        for (var meter : meters) {
            meter.snapshotTaken(sizeBytes, nanos);
        }
    }

    @Override
    public void snapshotInstalled(long nanos) {
        for (var meter : meters) {
            meter.snapshotInstalled(nanos);
        }
    }

    @Override
    public void termChanged(long term) {
        labels.term(term);
        labels.show();
        for (var meter : meters) {
            meter.termChanged(term);
        }
    }

    @Override
    public void electionBegun() {
        for (var meter : meters) {
            meter.electionBegun();
        }
    }

    @Override
    public void paused(long nanos) {
        for (var meter : meters) {
            meter.paused(nanos);
        }
    }
}
