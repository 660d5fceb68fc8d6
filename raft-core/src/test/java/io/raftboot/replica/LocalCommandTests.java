package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
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
}
