package io.raftboot.replica.report;

import io.raftboot.agent.Clock;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.GroupReports;
import io.raftboot.api.report.LogEntry;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.WorkSample;
import io.raftboot.notice.QuietLogger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The members as whichever run of a member there is knows them, and what all runs of this process have done. Any thread. */
public final class PresentReports implements GroupReports {
    private final Logger log = QuietLogger.of(PresentReports.class);

    private final Surroundings surroundings;
    private final Clock clock;
    private volatile @Nullable WorkHistory history;
    private volatile @Nullable CallCounts counts;

    /** Whose reports these are. */
    public interface Surroundings {
        /** The run there is; null if there is none. */
        @Nullable
        PeerReports running();

        /** The log of the run there is; null if there is none. */
        @Nullable
        LogTail runningLog();

        /** Of a member that does not run. */
        MemberReport atRest();

        /** Of a member whose run there is has not told how it is: it has ended meanwhile, or failed at that alone. */
        MemberReport behind(Throwable failure);

        /** Names of the state machines. */
        Set<String> machines();

        /** Has the meter told from now on. */
        void measureBy(MemberMeter meter);
    }

    public PresentReports(Surroundings surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<GroupReport> now() {
        var running = surroundings.running();
        return running == null
                ? CompletableFuture.completedFuture(new GroupReport(surroundings.atRest(), List.of()))
                : running.now().exceptionally(this::behind);
    }

    @Override
    public CompletableFuture<@Nullable List<LogEntry>> newestEntries() {
        var running = surroundings.runningLog();
        return running == null ? CompletableFuture.completedFuture(List.of()) : running.newest();
    }

    private GroupReport behind(Throwable failure) {
        log.debug("the report of a run has failed", failure);
        return new GroupReport(surroundings.behind(failure), List.of());
    }

    @Override
    public synchronized void keepHistory() {
        if (history == null) {
            var newHistory = new WorkHistory(clock);
            var newCounts = new CallCounts(surroundings::machines);
            surroundings.measureBy(newHistory);
            surroundings.measureBy(newCounts);
            history = newHistory;
            counts = newCounts;
        }
    }

    @Override
    public List<WorkSample> history() {
        var kept = history;
        return kept == null ? List.of() : kept.samples();
    }

    @Override
    public Map<String, Map<String, Long>> calls() {
        var kept = counts;
        return kept == null ? Map.of() : kept.all();
    }

    /** What was done lately, by all runs of this process. */
    public MemberReport.Work work() {
        var kept = history;
        return kept == null ? MemberReport.Work.NOT_KEPT : new MemberReport.Work(true, kept.newest());
    }
}
