package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalCommandTests {
    private final LocalCommand command = new LocalCommand(
            Envelope.newBuilder().setIdempotencyKey(IdempotencyKey.getDefaultInstance()),
            0,
            new PendingCommands(1, 0),
            null,
            (dropped, reason) -> {});

    @ParameterizedTest
    @EnumSource(
            value = RefusalReason.class,
            names = {"SESSION_EXPIRED", "KEYS_EXHAUSTED", "KEY_REUSED", "NO_SPACE"})
    void refusalOfOneCopyIsNoRefusalOfAnother(RefusalReason reason) {
        command.handOver(3, 0);
        command.takeBackToRepeat();
        command.handOver(4, 0);
        command.applied(new Outcome.Refused(reason, "not this one"));
        assertThat(command.future()).isCompletedWithValue(new Outcome.Unknown("not this one"));
    }

    @Test
    void refusalOfTheOnlyCopyIsCertain() {
        command.handOver(3, 0);
        command.applied(new Outcome.Refused(RefusalReason.KEYS_EXHAUSTED, "full"));
        assertThat(command.future()).isCompletedWithValue(new Outcome.Refused(RefusalReason.KEYS_EXHAUSTED, "full"));
    }

    @Test
    void commandThatWasCertainlyNotAppendedIsRefusedWithCertainty() {
        command.handOver(3, 0);
        command.takeBack();
        command.refuse(RefusalReason.TIMED_OUT, "too late");
        assertThat(command.future()).isCompletedWithValue(new Outcome.Refused(RefusalReason.TIMED_OUT, "too late"));
    }

    @Test
    void commandThatIsGivenUpInTheStagesHandsIsRefusedAndNeverHandedOver() {
        command.giveUp("");
        assertThat(command.future())
                .isCompletedWithValueMatching(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.TIMED_OUT);
        assertThat(command.handOver(3, 0)).isFalse();
        assertThat(command.propose(0)).isFalse();
    }

    @Test
    void endOfACommandThatIsGivenUpUnderWayIsUnknown() {
        assertThat(command.handOver(3, 0)).isTrue();
        command.giveUp("");
        assertThat(command.future()).isCompletedWithValueMatching(outcome -> outcome instanceof Outcome.Unknown);
        command.takeBack();
        assertThat(command.handOver(4, 0))
                .as("its caller may have sent it again")
                .isFalse();
    }

    @Test
    void endOfACommandThatWasUnderWayBeforeIsUnknown() {
        command.handOver(3, 0);
        command.takeBackToRepeat();
        command.giveUp("");
        assertThat(command.future()).isCompletedWithValueMatching(outcome -> outcome instanceof Outcome.Unknown);
    }

    /** Either the stage gets it, and then nobody calls it refused, or it is refused, and then the stage does not get it. */
    @Test
    void refusalAndHandOverExcludeEachOther() throws Exception {
        for (int i = 0; i < 2000; i++) {
            var contested = new LocalCommand(
                    Envelope.newBuilder(), 0, new PendingCommands(1, 0), null, (dropped, reason) -> {});
            var start = new CyclicBarrier(2);
            var keeper = CompletableFuture.runAsync(() -> {
                await(start);
                contested.giveUp("");
            });
            await(start);
            boolean handedOver = contested.propose(0);
            keeper.get();
            assertThat(contested.future().get() instanceof Outcome.Refused).isNotEqualTo(handedOver);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
