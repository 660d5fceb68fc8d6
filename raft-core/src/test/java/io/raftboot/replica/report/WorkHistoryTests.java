package io.raftboot.replica.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.report.WorkSample;
import io.raftboot.api.report.WorkSample.Figure;
import io.raftboot.replica.FakeClock;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkHistoryTests {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int QUERYING_THREADS = 4;
    private static final int QUERIES = 500_000;
    private static final Outcome APPLIED = new Outcome.Applied(new byte[0], 3);
    private static final Outcome REFUSED = new Outcome.Refused(RefusalReason.OVERLOADED, "full");

    private final FakeClock clock = new FakeClock(0);
    private final WorkHistory history = new WorkHistory(clock);

    @Test
    void workIsInTheSlotInWhichItEndedOnceThatIsOver() {
        history.command("kv", APPLIED, 100);
        history.command("kv", REFUSED, 300);
        history.query("kv", Consistency.LINEARIZABLE, new ReadOutcome.Answered(new byte[0], 3), 20);
        history.forced(0, 5_000);
        history.forced(7, 50);
        history.forced(1, 90);
        history.committed(8, 400);
        assertThat(history.newest()).as("the slot is not over").isNull();
        clock.advanceMillis(WorkHistory.SLOT_MILLIS + 1_000);
        assertThat(history.newest())
                .isEqualTo(new WorkSample(
                        1_000,
                        WorkHistory.SLOT_MILLIS,
                        new Figure(2, 2, 400, 300),
                        new Figure(1, 1, 20, 20),
                        new Figure(2, 8, 140, 90),
                        new Figure(1, 8, 400, 400),
                        1));
        clock.advanceMillis(WorkHistory.SLOT_MILLIS);
        assertThat(history.newest()).extracting(WorkSample::commands).isEqualTo(Figure.NONE);
        assertThat(history.samples()).extracting(one -> one.commands().count()).containsExactly(2L, 0L);
        assertThat(history.samples())
                .extracting(WorkSample::ageMillis)
                .containsExactly(WorkHistory.SLOT_MILLIS + 1_000, 1_000L);
    }

    @Test
    void workBehindAQuietWhileLeavesTheWhileEmpty() {
        history.forced(1, 10);
        clock.advanceMillis(3 * WorkHistory.SLOT_MILLIS);
        history.forced(2, 10);
        clock.advanceMillis(WorkHistory.SLOT_MILLIS);
        assertThat(history.samples()).extracting(one -> one.forces().parts()).containsExactly(1L, 0L, 0L, 2L);
    }

    @Test
    void quarterOfAnHourIsKeptInAsMuchMemoryAsTheLimitSays() {
        for (int slot = 0; slot < WorkHistory.SLOTS + 20; slot++) {
            history.forced(slot + 1, 10);
            clock.advanceMillis(WorkHistory.SLOT_MILLIS);
        }
        var samples = history.samples();
        assertThat(samples).hasSize(WorkHistory.SLOTS);
        assertThat(samples.get(0).forces().parts()).isEqualTo(21);
        assertThat(samples.get(WorkHistory.SLOTS - 1).forces().parts()).isEqualTo(WorkHistory.SLOTS + 20);
        assertThat(WorkHistory.SLOTS * WorkHistory.SLOT_MILLIS).isEqualTo(15 * 60 * 1000);
        assertThat(WorkHistory.RING_BYTES).isLessThan(32 * 1024);
    }

    @Test
    void dayWithoutWorkLeavesNothingOfTheDayBefore() {
        history.forced(1, 10);
        clock.advanceMillis(24 * 3600 * 1000);
        assertThat(history.samples()).hasSize(WorkHistory.SLOTS).allSatisfy(one -> assertThat(one.forces())
                .isEqualTo(Figure.NONE));
    }

    @Test
    void callsAreCountedByStateMachineAndEndAndMadeUpNamesAreNot() {
        var counts = new CallCounts(() -> Set.of("kv"));
        counts.command("kv", APPLIED, 1);
        counts.command("kv", APPLIED, 1);
        counts.command("kv", REFUSED, 1);
        counts.command("kv", null, 1);
        counts.command("made up", REFUSED, 1);
        counts.query("kv", Consistency.LOCAL, null, 1);
        assertThat(counts.all())
                .isEqualTo(Map.of(
                        "kv",
                        Map.of(
                                "commands.applied",
                                2L,
                                "commands.refused",
                                1L,
                                "commands.unknown",
                                1L,
                                "queries.failed",
                                1L)));
    }

    @Test
    void callsOfAStateMachineThatEndAtOnceDoNotWaitForEachOther() throws Exception {
        var counts = new CallCounts(() -> Set.of("kv"));
        counts.command("kv", REFUSED, 1);
        // The first time classes are loaded, for which threads do wait for each other.
        var unused = timesWaited(counts);
        assertThat(timesWaited(counts)).isZero();
        assertThat(counts.all().get("kv"))
                .isEqualTo(Map.of("commands.refused", 1L, "queries.answered", 2L * QUERYING_THREADS * QUERIES));
    }

    /** How often threads have waited for a lock that count queries at the same time. */
    private static long timesWaited(CallCounts counts) throws Exception {
        var answered = new ReadOutcome.Answered(new byte[0], 3);
        var waited = new AtomicLong();
        var all = new ArrayList<Thread>();
        for (int thread = 0; thread < QUERYING_THREADS; thread++) {
            all.add(new Thread(() -> {
                long before = blockedCount();
                for (int query = 0; query < QUERIES; query++) {
                    counts.query("kv", Consistency.LOCAL, answered, 1);
                }
                waited.addAndGet(blockedCount() - before);
            }));
        }
        all.forEach(Thread::start);
        for (var thread : all) {
            thread.join();
        }
        return waited.get();
    }

    private static long blockedCount() {
        return THREADS.getThreadInfo(Thread.currentThread().getId()).getBlockedCount();
    }
}
