package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.event.EventType;
import io.raftboot.replica.EventLines;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.duty.EventLog;
import io.raftboot.replica.leader.DiskWatchdog.Action;
import org.junit.jupiter.api.Test;

class DiskWatchdogTests {
    private static final long TIMEOUT = 1_000;

    private final EventLog happened = new EventLog(new FakeClock(0));
    private final DiskWatchdog watchdog = new DiskWatchdog(new FakeClock(0), TIMEOUT, happened);

    @Test
    void disksMayTakeAnElectionTimeout() {
        assertThat(watchdog.tick(0, true)).isEqualTo(Action.NONE);
        assertThat(watchdog.tick(TIMEOUT, true)).isEqualTo(Action.NONE);
        assertThat(watchdog.hangs()).isFalse();
    }

    @Test
    void leaderHandsOverOnceAndThenStepsDown() {
        assertThat(watchdog.tick(TIMEOUT + 1, true)).isEqualTo(Action.HAND_OVER);
        assertThat(watchdog.tick(TIMEOUT + TIMEOUT / 2, true)).isEqualTo(Action.NONE);
        assertThat(watchdog.tick(TIMEOUT + TIMEOUT / 2 + 1, true)).isEqualTo(Action.STEP_DOWN);
        assertThat(watchdog.tick(TIMEOUT * 2, false)).isEqualTo(Action.NONE);
        assertThat(watchdog.hangs()).isTrue();
    }

    @Test
    void memberMayLeadAgainWhenItsDiskIsBack() {
        watchdog.tick(TIMEOUT * 2, true);
        assertThat(watchdog.tick(0, false)).isEqualTo(Action.NONE);
        assertThat(watchdog.hangs()).isFalse();
        assertThat(watchdog.tick(TIMEOUT + 1, true)).isEqualTo(Action.HAND_OVER);
    }

    @Test
    void followerWithAHungDiskHasNothingToGiveUp() {
        assertThat(watchdog.tick(TIMEOUT * 2, false)).isEqualTo(Action.NONE);
        assertThat(watchdog.hangs()).isTrue();
    }

    @Test
    void hangAndItsEndAreEventsOnceEach() {
        watchdog.tick(0, true);
        watchdog.tick(TIMEOUT + 1, true);
        watchdog.tick(TIMEOUT + 2, true);
        watchdog.tick(0, true);
        watchdog.tick(0, true);
        assertThat(EventLines.of(happened, EventType.DISK))
                .containsExactly(
                        "ERROR the disk has not finished a write or a read for 0 ms, longer than an election timeout: this"
                                + " member does not lead until it has",
                        "INFO the disk is back");
    }
}
