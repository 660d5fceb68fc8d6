package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.FakeClock;
import org.junit.jupiter.api.Test;

class CommitWatchTests {
    private static final long TIMEOUT_MILLIS = 1000;

    private final FakeClock clock = new FakeClock(0);
    private final CommitWatch watch = new CommitWatch(clock, TIMEOUT_MILLIS * 1_000_000);

    private void pass(long millis, boolean leads, long lastIndex, long commitIndex) {
        for (long passed = 0; passed < millis; passed += 100) {
            clock.advanceMillis(100);
            watch.tick(leads, lastIndex, commitIndex);
        }
    }

    @Test
    void leaderThatCommitsNothingForThreeElectionTimeoutsStandsStill() {
        pass(3000, true, 12, 9);
        assertThat(watch.standsStill()).isFalse();
        pass(200, true, 12, 9);
        assertThat(watch.standsStill()).isTrue();
        assertThat(watch.trouble()).contains("committed nothing for 3", "up to 12", "only 9 is committed");
        pass(100, true, 13, 10);
        assertThat(watch.standsStill()).isFalse();
        assertThat(watch.trouble()).isNull();
    }

    @Test
    void leaderThatHasNothingToCommitOrCommitsSlowlyServes() {
        pass(10_000, true, 9, 9);
        for (int i = 0; i < 5; i++) {
            pass(2900, true, 100, 9 + i);
        }
        assertThat(watch.standsStill()).isFalse();
    }

    @Test
    void followerOrPausedLeaderIsNotBlamed() {
        pass(10_000, false, 12, 9);
        assertThat(watch.standsStill()).isFalse();
        pass(500, true, 12, 9);
        clock.advanceMillis(20_000);
        watch.tick(true, 12, 9);
        assertThat(watch.standsStill()).isFalse();
    }
}
