package io.raftboot.api.report;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks the members how they are. Any thread. Asks nobody as long as nobody calls. */
public interface GroupReports {
    /**
     * Asks all others, and waits a second for them. Whoever calls while others are being asked, or within a second of that, gets the
     * same.
     *
     * @return may complete on a thread of the member's that is there for this, and never on one of its stages or connections; never
     *     completes exceptionally
     */
    CompletableFuture<GroupReport> now();

    /**
     * The newest entries of this member's log, the newest first: some dozens, and less where they are large. What is not in memory
     * is left out, as entries from before the start are.
     *
     * @return empty of a member that does not run; with null where the raft stage hangs, which is who knows them: then within an
     *     election timeout or so. May complete on a thread of the member's that is there for this
     */
    CompletableFuture<@Nullable List<LogEntry>> newestEntries();

    /** From now on keeps what this member does, for {@link #history} and for its reports. */
    void keepHistory();

    /** The last quarter of an hour, the oldest first; whiles without work are in it. Empty unless it is kept. */
    List<WorkSample> history();

    /**
     * Calls that have ended since the history is kept, by state machine and by what became of them, as {@code commands.applied},
     * {@code commands.failed}, {@code commands.refused}, {@code commands.unknown}, {@code queries.answered},
     * {@code queries.refused} and {@code queries.failed}.
     */
    Map<String, Map<String, Long>> calls();
}
