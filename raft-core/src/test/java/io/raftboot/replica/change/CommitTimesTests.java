package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How far behind in time a member is that lacks committed entries. */
class CommitTimesTests {
    private static final long TICK = Duration.ofMillis(100).toNanos();
    private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    private final CommitTimes times = new CommitTimes(PATIENCE);

    /** Entries are committed at each tick, one for each. */
    private long commit(long fromTick, long toTick) {
        for (long tick = fromTick; tick <= toTick; tick++) {
            times.note(tick * TICK, tick);
        }
        return toTick * TICK;
    }

    @Test
    void memberThatHasAllDoesNotLag() {
        long now = commit(1, 50);
        assertThat(times.lagNanos(now, 50)).isZero();
        assertThat(times.lagNanos(now, 60)).isZero();
    }

    @Test
    void lagIsTheTimeSinceWhatIsMissedWasCommitted() {
        long now = commit(1, 50);
        assertThat(times.lagNanos(now, 30)).isEqualTo(19 * TICK);
    }

    /** A leader that was just elected does not know since when, and must not count on whoever does not have it. */
    @Test
    void whatIsCommittedWhenTheLeaderBeginsIsMissedForLong() {
        times.begin(5 * TICK, 30);
        assertThat(times.lagNanos(5 * TICK, 29)).isGreaterThan(PATIENCE);
        assertThat(times.lagNanos(5 * TICK, 30)).isZero();
        times.note(8 * TICK, 31);
        assertThat(times.lagNanos(9 * TICK, 30)).isEqualTo(TICK);
    }

    @Test
    void memberThatStopsIsNoticedAsSoonWhenTheLeaderHasLedForADay() {
        long day = Duration.ofDays(1).toNanos() / TICK;
        commit(1, day);
        long stuckAt = day;
        long noticedAfter = 0;
        for (long tick = day + 1; noticedAfter == 0; tick++) {
            times.note(tick * TICK, tick);
            if (times.lagNanos(tick * TICK, stuckAt) > PATIENCE) {
                noticedAfter = tick - day;
            }
        }
        assertThat(noticedAfter * TICK).isLessThan(2 * PATIENCE);
    }

    @Test
    void lagThatIsLongerThanWhatIsRememberedIsStillOne() {
        long now = commit(1, 100_000);
        assertThat(times.lagNanos(now, 1)).isGreaterThan(10 * PATIENCE);
    }
}
