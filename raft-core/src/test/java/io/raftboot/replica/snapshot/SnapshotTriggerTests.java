package io.raftboot.replica.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.DurableMachine;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.machine.AppliedPosition;
import io.raftboot.replica.machine.MachineSlot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SnapshotTriggerTests {
    private static final long NOON = 1_700_000_000_000L;

    private final FakeClock clock = new FakeClock(NOON);

    private SnapshotTrigger trigger(SnapshotPolicy policy, StateMachine machine) {
        try {
            var slot = new MachineSlot("machine", machine);
            slot.askMachine();
            var trigger = new SnapshotTrigger(policy, 1, clock);
            trigger.machines(List.of(slot));
            return trigger;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SnapshotPolicy never() {
        return SnapshotPolicy.defaults().withIntervalEntries(Long.MAX_VALUE / 2).withIntervalBytes(0);
    }

    @Test
    void bytesMakeOneDue() {
        var trigger = trigger(never().withIntervalBytes(1000), new LedgerMachine());
        trigger.applied(new AppliedPosition(5, 999, NOON));
        assertThat(trigger.due()).isNull();
        trigger.applied(new AppliedPosition(6, 1000, NOON));
        assertThat(trigger.due()).isNotNull();
    }

    @Test
    void timeMakesOneDueOnlyIfAnythingWasApplied() {
        var trigger = trigger(never().withInterval(Duration.ofMinutes(1)), new LedgerMachine());
        trigger.restoredAt(new AppliedPosition(5, 10, NOON), SnapshotKind.COMPLETE, 1);
        clock.advanceMillis(120_000);
        assertThat(trigger.dueByTime()).isFalse();
        trigger.applied(new AppliedPosition(6, 20, NOON + 120_001));
        assertThat(trigger.dueByTime()).isTrue();
        assertThat(trigger.due()).isNotNull();
        trigger.written(SnapshotKind.COMPLETE, 6, 1);
        trigger.applied(new AppliedPosition(7, 30, NOON + 120_002));
        assertThat(trigger.dueByTime()).isFalse();
        clock.advanceMillis(60_000);
        assertThat(trigger.dueByTime()).isTrue();
    }

    @Test
    void oneThatIsAskedForIsTakenAtOnceAndOnlyIfThereIsNone() {
        var trigger = trigger(never(), new LedgerMachine());
        trigger.applied(new AppliedPosition(5, 10, NOON));
        var request = new CompletableFuture<SnapshotOutcome>();
        trigger.requested(request);
        var due = Objects.requireNonNull(trigger.due());
        assertThat(due.requests()).containsExactly(request);
        trigger.written(SnapshotKind.COMPLETE, 5, 77);

        var again = new CompletableFuture<SnapshotOutcome>();
        trigger.requested(again);
        assertThat(trigger.due()).isNull();
        assertThat(again).isCompletedWithValue(new SnapshotOutcome.Taken(5, 77));
    }

    @Test
    void oneThatIsWantedForAMemberIsTakenOnceHoweverOftenItIsWanted() {
        var trigger = trigger(never(), new LedgerMachine());
        trigger.applied(new AppliedPosition(5, 10, NOON));
        trigger.wanted(4);
        assertThat(trigger.due()).isNotNull();
        trigger.wanted(4);
        assertThat(trigger.due()).isNull();
        trigger.written(SnapshotKind.COMPLETE, 5, 1);
        trigger.applied(new AppliedPosition(9, 10, NOON));
        trigger.wanted(5);
        assertThat(trigger.due()).isNull();
        trigger.wanted(6);
        assertThat(trigger.due()).isNotNull();
    }

    @Test
    void oneThatFailedIsTakenWhenItIsWantedAgain() {
        var trigger = trigger(never(), new LedgerMachine());
        trigger.applied(new AppliedPosition(5, 10, NOON));
        trigger.wanted(4);
        assertThat(trigger.due()).isNotNull();
        trigger.givenUp();
        assertThat(trigger.due()).isNull();
        trigger.wanted(4);
        assertThat(trigger.due()).isNotNull();
    }

    @Test
    void machineThatKeepsItsStateIsOnlyExportedForOthers() {
        var trigger = trigger(never().withIntervalEntries(10), new DurableMachine(new DurableMachine.Database()));
        trigger.applied(new AppliedPosition(10, 10, NOON));
        assertThat(Objects.requireNonNull(trigger.due()).kind()).isEqualTo(SnapshotKind.LOCAL);
        trigger.written(SnapshotKind.LOCAL, 10, 1);
        trigger.wanted(8);
        assertThat(Objects.requireNonNull(trigger.due()).kind()).isEqualTo(SnapshotKind.COMPLETE);
        trigger.written(SnapshotKind.COMPLETE, 10, 1);
        trigger.applied(new AppliedPosition(12, 10, NOON));
        trigger.requested(new CompletableFuture<>());
        assertThat(Objects.requireNonNull(trigger.due()).kind()).isEqualTo(SnapshotKind.COMPLETE);
    }

    @Test
    void oneThatFailedInDueCourseIsTriedAgainAfterAWhileThatGrows() {
        var trigger = trigger(never().withIntervalEntries(10), new LedgerMachine());
        trigger.applied(new AppliedPosition(10, 10, NOON));
        long waitMillis = SnapshotBackOff.FIRST_MILLIS;
        for (int i = 0; i < 12; i++) {
            assertThat(trigger.due()).isNotNull();
            trigger.failed("no");
            assertThat(trigger.failure()).isEqualTo("no");
            clock.advanceMillis(waitMillis - 1);
            assertThat(trigger.dueByTime()).isFalse();
            assertThat(trigger.due()).isNull();
            clock.advanceMillis(1);
            assertThat(trigger.dueByTime()).isTrue();
            waitMillis = Math.min(2 * waitMillis, SnapshotBackOff.LONGEST_MILLIS);
        }
        assertThat(trigger.due()).isNotNull();
        trigger.written(SnapshotKind.COMPLETE, 10, 1);
        assertThat(trigger.failure()).isNull();
        assertThat(trigger.dueByTime()).isFalse();
        assertThat(trigger.due()).isNull();
    }

    @Test
    void requestDoesNotWaitForTheNextTryButOneThatIsWantedDoes() {
        var trigger = trigger(never().withIntervalEntries(10), new LedgerMachine());
        trigger.applied(new AppliedPosition(10, 10, NOON));
        assertThat(trigger.due()).isNotNull();
        trigger.failed("no");
        trigger.wanted(5);
        assertThat(trigger.due()).isNull();
        trigger.requested(new CompletableFuture<>());
        assertThat(trigger.due()).isNotNull();
        trigger.failed("no");
        clock.advanceMillis(2 * SnapshotBackOff.FIRST_MILLIS);
        assertThat(trigger.due()).isNotNull();
    }
}
