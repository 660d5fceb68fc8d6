package io.raftboot.replica.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.tracker.ProgressState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What of the log is kept for whom, moment by moment. Each entry has 10 bytes. */
class LogRetentionTests {
    private static final long KEEP = 100;
    private static final long BUDGET = 50_000;

    private final LogRetention retention = new LogRetention(KEEP, BUDGET);
    private long nowNanos = -5;
    private long snapshotIndex = 1_000;
    private DiskRoom room = DiskRoom.ENOUGH;
    private boolean active = true;
    private long headwayNanos = Long.MIN_VALUE / 2;

    private long releasable(LogRetention.Follower... followers) {
        return releasable(snapshotIndex, followers);
    }

    private long releasable(long sendableIndex, LogRetention.Follower... followers) {
        return retention.releasableIndex(new LogRetention.Moment(
                nowNanos,
                snapshotIndex,
                sendableIndex,
                snapshotIndex + 10,
                index -> (1_000_000 - index) * 10,
                room,
                List.of(followers)));
    }

    private LogRetention.Follower follower(long id, ProgressState state, long matchIndex) {
        return new LogRetention.Follower(id, state, matchIndex, active, headwayNanos);
    }

    private void pass(long seconds) {
        nowNanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void withoutFollowersSomeEntriesAreKeptBehindTheSnapshot() {
        assertThat(releasable()).isEqualTo(900);
    }

    @Test
    void nothingIsReleasedThatTheCoreHasNotSeenApplied() {
        assertThat(retention.releasableIndex(
                        new LogRetention.Moment(0, 1_000, 1_000, 42, index -> 0, DiskRoom.ENOUGH, List.of())))
                .isEqualTo(42);
    }

    @Test
    void logIsKeptFromASnapshotOnThatIsOnItsWay() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        pass(10);
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 7))).isEqualTo(1_000);
    }

    @Test
    void logIsKeptUntilTheFollowerHasReachedIt() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        assertThat(releasable(follower(2, ProgressState.PROBE, 7))).isEqualTo(1_000);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 1_000))).isEqualTo(1_000);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 2_000))).isEqualTo(2_000);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 2_900))).isEqualTo(2_900);
        active = false;
        snapshotIndex = 4_000;
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 2_900)))
                .as("it had reached the log")
                .isEqualTo(3_900);
    }

    @Test
    void slowestOfSeveralFollowersDecides() {
        retention.transferBegan(2, 1_000, nowNanos);
        retention.transferBegan(3, 2_000, nowNanos);
        snapshotIndex = 3_000;
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0), follower(3, ProgressState.SNAPSHOT, 0)))
                .isEqualTo(1_000);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 2_950), follower(3, ProgressState.SNAPSHOT, 0)))
                .isEqualTo(2_000);
    }

    @Test
    void transferThatMakesNoHeadwayDoesNotKeepTheLogForEver() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        pass(59);
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(1_000);
        pass(1);
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(2_900);
        assertThat(retention.keepsFor(2, 1_000)).isFalse();
    }

    @Test
    void transferThatIsOnlySlowKeepsTheLog() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        for (int i = 0; i < 10; i++) {
            pass(50);
            headwayNanos = nowNanos;
            assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(1_000);
        }
    }

    @Test
    void transferThatBeginsAgainWithoutHeadwayHasNoNewPatience() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        for (int i = 0; i < 4; i++) {
            pass(16);
            retention.transferBegan(2, 1_000, nowNanos);
        }
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(2_900);
    }

    @Test
    void logBeyondTheBudgetGoesAndTheNextTransferIsKeptFor() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 1_000 + BUDGET / 10 + KEEP;
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(1_000);
        snapshotIndex++;
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(snapshotIndex - KEEP);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 1_000)))
                .as("given up until it has another")
                .isEqualTo(snapshotIndex - KEEP);
        long newer = snapshotIndex;
        retention.transferBegan(2, newer, nowNanos);
        snapshotIndex += 1_000;
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 1_000))).isEqualTo(newer);
    }

    @Test
    void diskWithLittleRoomComesFirst() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        room = DiskRoom.SCARCE;
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(2_900);
        room = DiskRoom.LITTLE;
        assertThat(releasable(follower(2, ProgressState.SNAPSHOT, 0))).isEqualTo(3_000);
    }

    @Test
    void followerThatIsALittleBehindKeepsItsPlaceWhileItIsHeardOf() {
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 890))).isEqualTo(890);
        snapshotIndex = 2_000;
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 890))).isEqualTo(890);
        active = false;
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 890))).isEqualTo(1_900);
    }

    @Test
    void followerThatIsHeardOfAndStandsStillKeepsTheLogForItsPatienceOnly() {
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 890))).isEqualTo(890);
        pass(60);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 890))).isEqualTo(900);
    }

    @Test
    void idleFollowerIsNotTakenForOneThatStandsStill() {
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 1_000))).isEqualTo(900);
        pass(3_600);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 1_000))).isEqualTo(900);
        snapshotIndex = 2_000;
        pass(1);
        assertThat(releasable(follower(2, ProgressState.REPLICATE, 1_000))).isEqualTo(1_000);
    }

    @Test
    void leadershipAndMembershipEndWhatIsKept() {
        retention.transferBegan(2, 1_000, nowNanos);
        snapshotIndex = 3_000;
        assertThat(releasable()).isEqualTo(2_900);
        assertThat(retention.keepsFor(2, 1_000)).isFalse();
    }

    @Test
    void snapshotThatWasMadeForAFollowerStaysUsefulUntilItIsSent() {
        retention.snapshotWanted(nowNanos);
        snapshotIndex = 3_000;
        assertThat(releasable(1_000)).isEqualTo(1_000);
        assertThat(releasable(0)).as("not made yet").isEqualTo(2_900);
        retention.transferBegan(2, 1_000, nowNanos);
        assertThat(releasable(1_000)).isEqualTo(2_900);
        retention.snapshotWanted(nowNanos);
        pass(60);
        assertThat(releasable(1_000)).isEqualTo(2_900);
    }
}
