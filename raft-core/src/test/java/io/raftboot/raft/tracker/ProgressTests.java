package io.raftboot.raft.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.raftboot.raft.testing.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ProgressTests {
    private static final int STEPS_PER_SEED = 5_000;

    @Test
    void newMemberIsProbedAndInactive() {
        assertThat(Progress.ofVoter(5, window(3))).hasToString("StateProbe match=0 next=5 inactive");
        assertThat(Progress.ofLearner(1, window(3))).hasToString("StateProbe match=0 next=1 learner inactive");
    }

    @Test
    void everythingThereIsToSayIsShown() {
        Progress progress = replicating(4, 1);
        progress.sentEntries(2, 10);
        assertThat(progress.asLearner()).hasToString("StateReplicate match=4 next=7 learner paused inflight=1[full]");

        progress.becomeSnapshot(20);
        progress.markInactive();
        assertThat(progress).hasToString("StateSnapshot match=4 next=21 paused pendingSnap=20 inactive");
    }

    @Test
    void probeIsFollowedByAPauseButAnEmptyOneIsNot() {
        Progress progress = Progress.ofVoter(5, window(3));
        progress.sentEntries(0, 0);
        assertThat(progress.isPaused()).isFalse();

        progress.sentEntries(2, 10);

        assertThat(progress.isPaused()).isTrue();
        assertThat(progress.nextIndex()).isEqualTo(5);
        assertThat(progress.inflights().count()).isZero();
    }

    @Test
    void replicationRunsAheadUntilTheWindowIsFull() {
        Progress progress = replicating(4, 2);
        progress.sentEntries(3, 10);
        assertThat(progress.isPaused()).isFalse();

        progress.sentEntries(1, 10);

        assertThat(progress.nextIndex()).isEqualTo(9);
        assertThat(progress.isPaused()).isTrue();
        progress.resumeAppendFlow();
        progress.sentEntries(0, 0);
        assertThat(progress.isPaused())
                .as("an empty append with a full window is a probe")
                .isTrue();
    }

    @Test
    void nothingIsAppendedWhileASnapshotIsUnderWay() {
        Progress progress = replicating(4, 2);
        progress.becomeSnapshot(10);

        assertThat(progress.isPaused()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> progress.sentEntries(1, 1))
                .withMessageContaining("StateSnapshot");
    }

    @Test
    void probingGoesOnAfterASnapshotThatArrived() {
        Progress arrived = replicating(4, 2);
        arrived.becomeSnapshot(10);
        arrived.becomeProbe();
        assertThat(arrived).hasToString("StateProbe match=4 next=11");

        Progress failed = replicating(4, 2);
        failed.becomeSnapshot(10);
        failed.abandonSnapshot();
        failed.becomeProbe();
        assertThat(failed).hasToString("StateProbe match=4 next=5");

        Progress overtaken = replicating(4, 2);
        overtaken.becomeSnapshot(10);
        overtaken.maybeUpdate(15);
        overtaken.becomeProbe();
        assertThat(overtaken).hasToString("StateProbe match=15 next=16");
    }

    @Test
    void changeOfStateEmptiesTheWindow() {
        Progress progress = replicating(4, 5);
        progress.sentEntries(3, 10);

        progress.becomeProbe();

        assertThat(progress.inflights().count()).isZero();
        assertThat(progress.nextIndex()).isEqualTo(5);
    }

    @Test
    void acknowledgementThatIsNoNewsChangesNothing() {
        Progress progress = Progress.ofVoter(5, window(3));
        progress.pauseAppendFlow();
        progress.maybeUpdate(3);
        progress.pauseAppendFlow();

        assertThat(progress.maybeUpdate(3)).isFalse();
        assertThat(progress.maybeUpdate(2)).isFalse();
        assertThat(progress.isPaused()).isTrue();
        assertThat(progress.maybeUpdate(4)).isTrue();
        assertThat(progress.isPaused()).isFalse();
        assertThat(progress.nextIndex()).isEqualTo(5);
        assertThat(progress.maybeUpdate(9)).isTrue();
        assertThat(progress.nextIndex()).isEqualTo(10);
    }

    @Test
    void rejectionWhileReplicatingGoesBackToTheMatch() {
        Progress progress = replicating(5, 10);
        progress.sentEntries(10, 10);

        assertThat(progress.maybeDecreaseTo(5, 4)).as("late").isFalse();
        assertThat(progress.maybeDecreaseTo(9, 9)).isTrue();
        assertThat(progress.nextIndex()).isEqualTo(6);
    }

    @Test
    void rejectionOfAProbeGoesBackToTheHintButNotBehindTheMatch() {
        assertThat(probingAt(10).maybeDecreaseTo(7, 2)).as("late").isFalse();
        assertThat(afterRejection(probingAt(10), 9, 2)).isEqualTo(3);
        assertThat(afterRejection(probingAt(10), 9, 100)).isEqualTo(9);
        assertThat(afterRejection(probingAt(1), 0, 0)).isEqualTo(1);

        Progress matched = probingAt(10);
        matched.maybeUpdate(5);
        assertThat(afterRejection(matched, 9, 2)).isEqualTo(6);
    }

    @Test
    void commitIndexIsWorthSendingUntilItReachesAllThatWasSent() {
        Progress progress = replicating(5, 10);
        assertThat(progress.canBumpCommit(0)).isFalse();
        assertThat(progress.canBumpCommit(3)).isTrue();

        progress.sentCommit(3);
        assertThat(progress.canBumpCommit(3)).isFalse();
        assertThat(progress.canBumpCommit(4)).isTrue();
        progress.sentCommit(7);
        assertThat(progress.canBumpCommit(9)).as("the member has 5 only").isFalse();

        progress.sentEntries(3, 1);
        assertThat(progress.canBumpCommit(9)).isTrue();
    }

    @Test
    void commitIndexCountsAsNotSentAfterARejection() {
        Progress progress = replicating(5, 10);
        progress.sentEntries(5, 1);
        progress.sentCommit(10);

        progress.maybeDecreaseTo(8, 5);
        progress.sentEntries(5, 1);

        assertThat(progress.canBumpCommit(10)).isTrue();
    }

    @Test
    void restartForgetsAllButTheRole() {
        Progress progress = replicating(5, 1).asLearner();
        progress.sentEntries(5, 1);
        progress.sentCommit(9);

        progress.restart(0, 8);

        assertThat(progress).hasToString("StateProbe match=0 next=8 learner inactive");
        assertThat(progress.canBumpCommit(1)).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> progress.restart(8, 8))
                .withMessage("match 8 is not below next 8");
    }

    @Test
    void copyIsIndependent() {
        Progress progress = replicating(5, 2);
        Progress copy = progress.copy();

        progress.sentEntries(1, 1);
        progress.becomeSnapshot(9);

        assertThat(copy).hasToString("StateReplicate match=5 next=6");
    }

    @TestFactory
    List<DynamicTest> matchStaysBelowNextWhateverArrives() {
        return Seeds.tests("raft.seeds", 5, random -> {
            // Half of the runs are around the index that is the smallest one if taken as signed.
            long base = random.nextBoolean() ? 0 : Long.MAX_VALUE - 20;
            Progress progress = Progress.ofVoter(base + 1, window(1 + random.nextInt(5)));
            for (int i = 0; i < STEPS_PER_SEED; i++) {
                long match = progress.matchIndex();
                step(progress, random, base);
                assertThat(Long.compareUnsigned(progress.matchIndex(), progress.nextIndex()))
                        .as("%s", progress)
                        .isNegative();
                assertThat(Long.compareUnsigned(progress.matchIndex(), match))
                        .as("match never goes back")
                        .isNotNegative();
            }
        });
    }

    private static void step(Progress progress, RandomGenerator random, long base) {
        long index = base + random.nextLong(40);
        switch (random.nextInt(9)) {
            case 0 -> progress.becomeProbe();
            case 1 -> progress.becomeReplicate();
            case 2 -> progress.becomeSnapshot(progress.nextIndex() + random.nextLong(3));
            case 3 -> progress.maybeUpdate(index);
            case 4 -> progress.maybeDecreaseTo(index, base + random.nextLong(40));
            case 5 -> progress.maybeDecreaseTo(progress.nextIndex() - 1, base + random.nextLong(40));
            case 6 -> progress.inflights().freeUpTo(index);
            case 7 -> progress.sentCommit(index);
            default -> {
                if (!progress.isPaused() && !progress.inflights().isFull()) {
                    progress.sentEntries(random.nextInt(3), random.nextLong(10));
                }
            }
        }
    }

    private static long afterRejection(Progress progress, long rejectedIndex, long matchHintIndex) {
        progress.pauseAppendFlow();
        assertThat(progress.maybeDecreaseTo(rejectedIndex, matchHintIndex)).isTrue();
        assertThat(progress.isPaused()).isFalse();
        return progress.nextIndex();
    }

    private static Progress probingAt(long nextIndex) {
        return Progress.ofVoter(nextIndex, window(3));
    }

    private static Progress replicating(long matchIndex, int maxMessages) {
        Progress progress = Progress.ofVoter(1, window(maxMessages));
        progress.markActive();
        progress.maybeUpdate(matchIndex);
        progress.becomeReplicate();
        return progress;
    }

    private static Inflights window(int maxMessages) {
        return new Inflights(maxMessages, 0);
    }
}
