package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SessionTable;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Keys that run out are said before they do. */
class SessionWatchTests {
    private static final Duration RETENTION = Duration.ofSeconds(60);

    private final MachineSlot slot = new MachineSlot("ledger", new LedgerMachine());
    private long nowMillis = 1_000;
    private int next;

    private SessionWatch watch(int maxKeys, long maxKeyBytes) {
        return new SessionWatch(
                new SessionPolicy(Duration.ofMinutes(1), 10, RETENTION, maxKeys, maxKeyBytes), List.of(slot));
    }

    private void keyedCommands(int count, int resultBytes) {
        for (int i = 0; i < count; i++) {
            var envelope = Envelope.newBuilder()
                    .setIdempotencyKey(IdempotencyKey.newBuilder()
                            .setKey(ByteString.copyFromUtf8("key" + next++))
                            .setRetentionMillis(RETENTION.toMillis())
                            .setMaxKeys(1_000_000)
                            .setMaxBytes(Long.MAX_VALUE))
                    .build();
            assertThat(slot.sessions().known(EntryCommand.of(envelope), nowMillis))
                    .isNull();
            slot.sessions()
                    .record(EntryCommand.of(envelope), new Outcome.Applied(new byte[resultBytes], next), nowMillis);
        }
    }

    @Test
    void keysThatRunOutAreWarnedOfOnceAndAgainAfterThereWasRoom() {
        var watch = watch(100, Long.MAX_VALUE / 200);
        try (var log = LogLines.of(SessionWatch.class)) {
            keyedCommands(79, 1);
            watch.tick();
            assertThat(log.lines()).isEmpty();
            keyedCommands(1, 1);
            watch.tick();
            watch.tick();
            assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("WARN the state machine 'ledger' keeps 80 idempotency keys, 80 % of what"
                            + " raft.session.max-keys allows (100)"));
            nowMillis += RETENTION.toMillis();
            keyedCommands(1, 1);
            watch.tick();
            assertThat(log.lines()).hasSize(2).last().asString().startsWith("INFO");
            keyedCommands(85, 1);
            watch.tick();
            assertThat(log.lines()).hasSize(3);
        }
    }

    @Test
    void bytesOfResultsAreWarnedOfByTheirOwnLimit() {
        var watch = watch(1_000, 100_000);
        try (var log = LogLines.of(SessionWatch.class)) {
            keyedCommands(8, 10_000);
            watch.tick();
            assertThat(log.lines()).singleElement().asString().contains("raft.session.max-key-size");
        }
    }

    @Test
    void stateHasCountsAndLimits() {
        var watch = watch(100, 100_000);
        keyedCommands(3, 1_000);
        var state = Objects.requireNonNull(watch.states().get("ledger"));
        assertThat(state.keys()).isEqualTo(3);
        assertThat(state.maxKeys()).isEqualTo(100);
        assertThat(state.maxSessions()).isEqualTo(10);
        assertThat(state.keyBytes()).isBetween(3_000L + 3 * SessionTable.KEY_OVERHEAD_BYTES, 5_000L);
        assertThat(state.maxKeyBytes()).isEqualTo(100_000);
        slot.sessions().clear();
        assertThat(Objects.requireNonNull(watch.states().get("ledger")).keys()).isZero();
    }
}
