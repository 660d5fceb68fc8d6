package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.proto.Envelope;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class CommandSessionTests {
    private static final int MANY = 100_000;

    private final FakeClock clock = new FakeClock(0);
    private final PendingCommands pending = new PendingCommands(2 * MANY, 0);
    private final CommandSession session = new CommandSession("m", SessionPolicy.defaults(), clock, opening -> {});

    private LocalCommand command(ByteString payload) {
        var envelope = Envelope.newBuilder()
                .setMachine("m")
                .setAskedCounter(pending.nextCounter())
                .setPayload(payload);
        return new LocalCommand(envelope, Long.MAX_VALUE / 2, pending, session, (any, reason) -> {});
    }

    private LocalCommand bound() {
        var command = command(ByteString.EMPTY);
        assertThat(session.bind(command)).isTrue();
        return command;
    }

    @Test
    void commandsBehindASlowOneAreNotHeldOnTo() {
        session.opened(new Outcome.Applied(new byte[0], 7));
        var slow = bound();
        var behind = ofAFinishedCommand();
        for (int i = 0; i < MANY; i++) {
            bound().complete(new Outcome.Applied(new byte[0], i));
        }
        assertThat(slow.isDone()).isFalse();
        assertThat(session.keptCount()).isLessThan(MANY / 10);
        await().until(() -> {
            System.gc();
            return behind.get() == null;
        });
        assertThat(bound().content().getField(lowestUnanswered())).isEqualTo(slow.sequence());
        slow.complete(new Outcome.Applied(new byte[0], MANY));
        var last = bound();
        assertThat(last.content().getField(lowestUnanswered())).isEqualTo(last.sequence() - 1);
    }

    private WeakReference<LocalCommand> ofAFinishedCommand() {
        var command = bound();
        command.complete(new Outcome.Applied(new byte[0], 8));
        return new WeakReference<>(command);
    }

    private static com.google.protobuf.Descriptors.FieldDescriptor lowestUnanswered() {
        return Envelope.getDescriptor().findFieldByNumber(Envelope.SESSION_LOWEST_UNANSWERED_FIELD_NUMBER);
    }
}
