package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.FakeClock;
import org.junit.jupiter.api.Test;

class AgreedTimeTests {
    private final FakeClock clock = new FakeClock(1_000_000);
    private final AgreedTime time = new AgreedTime(clock);

    @Test
    void firstLeaderOfAClusterBeginsAtItsWallClock() {
        time.takeOffice(0);
        assertThat(time.nowMillis()).isEqualTo(1_000_000);
    }

    @Test
    void laterLeadersGoOnFromTheLastAgreedTime() {
        time.takeOffice(500);
        clock.advanceMillis(20);
        assertThat(time.nowMillis()).isEqualTo(520);
    }

    @Test
    void wallClockThatJumpsMovesNothing() {
        time.takeOffice(0);
        clock.setWallMillis(0);
        clock.advanceMillis(5);
        assertThat(time.nowMillis()).isEqualTo(1_000_005);
    }
}
