package io.raftboot.replica;

import io.raftboot.agent.Clock;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.report.MemberReport;
import io.raftboot.replica.change.PresentMembership;
import io.raftboot.replica.report.LogTail;
import io.raftboot.replica.report.PeerReports;
import io.raftboot.replica.report.PresentReports;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is asked of a replica whether it runs or not, through the run that there is. Any thread. */
final class PresentRun implements PresentReports.Surroundings, OwnReport.Whole {
    private final Replica replica;
    private final RaftMembership membership;
    private final PresentReports reports;

    PresentRun(Replica replica, Clock clock) {
        this.replica = replica;
        this.membership = new PresentMembership(this::runningMembership, replica::whyNot);
        this.reports = new PresentReports(this, clock);
    }

    RaftMembership membership() {
        return membership;
    }

    PresentReports reports() {
        return reports;
    }

    private @Nullable RaftMembership runningMembership() {
        var running = replica.running();
        return running == null ? null : running.membership();
    }

    @Override
    public @Nullable PeerReports running() {
        var running = replica.running();
        return running == null ? null : running.reports();
    }

    @Override
    public @Nullable LogTail runningLog() {
        var running = replica.running();
        return running == null ? null : running.logTail();
    }

    @Override
    public MemberReport atRest() {
        return OwnReport.atRest(replica.statusAtRest(), work(), replica.whyNot());
    }

    @Override
    public MemberReport behind(Throwable failure) {
        var known = replica.statusAtRest();
        return known.state() == ReplicaState.RUNNING ? OwnReport.untold(known, work(), failure) : atRest();
    }

    @Override
    public ReplicaState state() {
        return replica.state();
    }

    @Override
    public MemberReport.Work work() {
        return reports.work();
    }

    @Override
    public Set<String> machines() {
        return replica.stateMachines().keySet();
    }

    @Override
    public void measureBy(MemberMeter meter) {
        replica.addMeter(meter);
    }
}
