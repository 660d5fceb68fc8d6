package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.event.EventType;
import io.raftboot.raft.RaftRole;
import io.raftboot.replica.EventLines;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.LogLines;
import io.raftboot.replica.duty.EventLog;
import io.raftboot.replica.duty.EventSink;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceLinesTests {
    private final LogLines log = LogLines.of(ServiceLines.class);
    private final FakeClock clock = new FakeClock(0);
    private final EventLog happened = new EventLog(clock);
    private final ServiceLines lines = new ServiceLines(1, clock, 1_000_000_000, Runnable::run, happened);
    private @Nullable String trouble;

    @AfterEach
    void close() {
        log.close();
    }

    private void pass(int seconds, long leaderId, long term) {
        var view =
                new Leadership.View(leaderId == 1 ? RaftRole.LEADER : RaftRole.FOLLOWER, leaderId, term, leaderId == 1);
        for (int i = 0; i < 10 * seconds; i++) {
            clock.advanceMillis(100);
            lines.tick(view, () -> " No connection to member 2: nobody is there", () -> trouble);
        }
    }

    @Test
    void absenceOfALeaderIsSaidWhenItBeginsOnceAMinuteAndWhenItIsOver() {
        pass(10, 2, 4);
        pass(130, 0, 5);
        pass(10, 3, 6);
        assertThat(log.lines()).hasSize(5);
        assertThat(log.lines().get(0)).isEqualTo("INFO node 1 follows node 2, the leader of term 4");
        assertThat(log.lines().subList(1, 4))
                .allMatch(line -> line.startsWith("WARN node 1 has known no leader for ")
                        && line.endsWith("up? No connection to member 2: nobody is there"));
        assertThat(log.lines().get(4))
                .startsWith("INFO node 1 follows node 3, the leader of term 6, after 130")
                .endsWith("ms without a leader");
    }

    @Test
    void electionThatTakesItsTimeIsNoTrouble() {
        pass(10, 2, 4);
        pass(2, 0, 5);
        pass(10, 1, 5);
        assertThat(log.lines())
                .containsExactly("INFO node 1 follows node 2, the leader of term 4", "INFO node 1 leads in term 5");
    }

    @Test
    void leadershipThatChangesEachSecondIsSaidOnceAMinute() {
        for (int term = 4; term < 124; term += 2) {
            pass(1, 2, term);
            pass(1, 1, term + 1);
        }
        assertThat(log.lines().stream().filter(line -> line.contains("follows")))
                .hasSizeLessThanOrEqualTo(3);
        assertThat(log.lines().stream().filter(line -> line.contains("leads"))).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void troubleOfAMomentBeforeAndAfterAnElectionIsNone() {
        pass(10, 2, 4);
        trouble = "the leader does not answer";
        pass(1, 2, 4);
        pass(2, 0, 5);
        pass(1, 3, 5);
        trouble = null;
        pass(10, 3, 5);
        assertThat(log.lines())
                .containsExactly(
                        "INFO node 1 follows node 2, the leader of term 4",
                        "INFO node 1 follows node 3, the leader of term 5");
    }

    /** On the ticker nobody may wait: without ticks a leader is none any more, and a follower never becomes one. */
    @Test
    void logThatTakesNoLinesHoldsUpNobody() {
        var work = new ArrayList<Runnable>();
        var own = new ServiceLines(1, clock, 1_000_000_000, work::add, EventSink.NONE);
        for (int term = 4; term < 8; term++) {
            clock.advanceMillis(100);
            own.tick(new Leadership.View(RaftRole.FOLLOWER, term, term, false), () -> "", () -> null);
        }
        assertThat(log.lines()).isEmpty();
        assertThat(work).as("what waits for the log").hasSize(1);
        work.remove(0).run();
        assertThat(log.lines()).hasSize(4).last().asString().endsWith("the leader of term 7");
        assertThat(work).isEmpty();
    }

    @Test
    void troubleThatLastsIsSaidAndItsEnd() {
        pass(10, 2, 4);
        trouble = "the leader does not answer";
        pass(1, 2, 4);
        trouble = null;
        pass(1, 2, 4);
        assertThat(log.lines()).hasSize(1);
        trouble = "the leader does not answer";
        pass(70, 2, 4);
        trouble = null;
        pass(70, 2, 4);
        assertThat(log.lines().subList(1, 3)).containsOnly("WARN node 1 can't serve: the leader does not answer");
        assertThat(log.lines().get(3)).startsWith("INFO node 1 can serve again, after 70");
        assertThat(log.lines()).hasSize(4);
    }

    @Test
    void eventsSayTheSameWhenItBeginsAndWhenItIsOver() {
        pass(10, 2, 4);
        pass(130, 0, 5);
        pass(10, 3, 6);
        trouble = "the disk hangs";
        pass(130, 3, 6);
        trouble = null;
        pass(10, 3, 6);
        assertThat(EventLines.of(happened, EventType.LEADER))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("INFO node 1 follows node 2, the leader of term 4"),
                        line -> assertThat(line).startsWith("WARNING node 1 has known no leader for 2100 ms, "),
                        line -> assertThat(line).endsWith("the leader of term 6, after 130000 ms without a leader"));
        assertThat(EventLines.of(happened, EventType.SERVICE))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("WARNING node 1 can't serve: the disk hangs"),
                        line -> assertThat(line).startsWith("INFO node 1 can serve again, after "));
    }

    @Test
    void eventsFollowALeadershipThatChangesEachSecond() {
        for (int term = 4; term < 12; term++) {
            pass(1, 2 + term % 2, term);
        }
        assertThat(EventLines.of(happened, EventType.LEADER)).hasSize(8);
    }
}
