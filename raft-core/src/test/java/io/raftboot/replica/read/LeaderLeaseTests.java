package io.raftboot.replica.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaderLeaseTests {
    private static final long MILLI = 1_000_000;
    private static final long TERM = 4;

    /** An election timeout of 1000 ms, less a tenth, less two ticks. */
    private static final long LENGTH = 800 * MILLI;

    private final LeaderLease lease = new LeaderLease(Duration.ofSeconds(1), Duration.ofMillis(50));

    @Test
    void leaderWithoutAConfirmedRoundHasNone() {
        assertThat(lease.isHeld(TERM, 0)).isFalse();
    }

    @Test
    void countsFromTheStartOfTheRound() {
        lease.confirmed(TERM, 100 * MILLI);
        assertThat(lease.isHeld(TERM, 100 * MILLI + LENGTH - 1)).isTrue();
        assertThat(lease.isHeld(TERM, 100 * MILLI + LENGTH)).isFalse();
    }

    @Test
    void clockMayBeginAnywhereAndPassTheEndOfItsNumbers() {
        long started = Long.MAX_VALUE - MILLI;
        lease.confirmed(TERM, started);
        assertThat(lease.isHeld(TERM, started + LENGTH - 1)).isTrue();
        assertThat(lease.isHeld(TERM, started + LENGTH)).isFalse();
    }

    @Test
    void laterRoundProlongsIt() {
        lease.confirmed(TERM, 0);
        lease.confirmed(TERM, 500 * MILLI);
        assertThat(lease.isHeld(TERM, 500 * MILLI + LENGTH - 1)).isTrue();
    }

    @Test
    void roundThatStartedEarlierDoesNotShortenIt() {
        lease.confirmed(TERM, 500 * MILLI);
        lease.confirmed(TERM, 0);
        assertThat(lease.isHeld(TERM, 500 * MILLI + LENGTH - 1)).isTrue();
    }

    @Test
    void endsWithTheTerm() {
        lease.confirmed(TERM, 0);
        assertThat(lease.isHeld(TERM + 1, 1)).isFalse();
    }

    @Test
    void thereIsNoneAnyMoreInATermInWhichSomebodyWasToldToTakeOver() {
        lease.confirmed(TERM, 0);
        lease.handedOver(TERM);
        assertThat(lease.isHeld(TERM, 1)).isFalse();
        lease.confirmed(TERM, 5_000 * MILLI);
        assertThat(lease.isHeld(TERM, 5_001 * MILLI)).isFalse();
        lease.confirmed(TERM + 2, 9_000 * MILLI);
        assertThat(lease.isHeld(TERM + 2, 9_001 * MILLI)).isTrue();
    }

    @Test
    void pauseVoidsItUntilARoundThatStartedLater() {
        lease.confirmed(TERM, 0);
        lease.paused(100 * MILLI);
        assertThat(lease.isHeld(TERM, 101 * MILLI)).isFalse();
        lease.confirmed(TERM, 99 * MILLI);
        assertThat(lease.isHeld(TERM, 101 * MILLI)).isFalse();
        lease.confirmed(TERM, 100 * MILLI);
        assertThat(lease.isHeld(TERM, 101 * MILLI)).isTrue();
    }

    @Test
    void electionTimeoutOfTwoTicksLeavesNone() {
        var none = new LeaderLease(Duration.ofMillis(100), Duration.ofMillis(50));
        none.confirmed(TERM, 0);
        assertThat(none.isHeld(TERM, 0)).isFalse();
    }
}
