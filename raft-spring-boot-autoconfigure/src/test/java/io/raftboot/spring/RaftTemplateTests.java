package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.ReplicaState;
import io.raftboot.spring.machine.AnnotatedStateMachine;
import io.raftboot.spring.machine.StateMachineInspector;
import io.raftboot.testing.FakeReplica;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RaftTemplateTests {
    private static final RaftCallOptions DEFAULTS = RaftCallOptions.defaults();

    private final JsonRaftCodec codec = new JsonRaftCodec();
    private final FakeReplica fake = FakeReplica.of(Map.of(
            "counter",
            new AnnotatedStateMachine(StateMachineInspector.inspect(Counter.class), new Counter(), () -> codec)));
    private final RaftTemplate template = new RaftTemplate(fake.replica(), codec);

    @Test
    void commandAndQueryAreCalledByName() {
        assertThat(template.submitAndWait("counter", "add", Map.of("amount", 3), Integer.class, DEFAULTS))
                .isEqualTo(3);
        assertThat(template.queryAndWait("counter", "value", Map.of(), int.class, DEFAULTS))
                .isEqualTo(3);
        assertThat(fake.lastConsistency).isEqualTo(Consistency.LOCAL);
    }

    @Test
    void optionsOverrideTheConsistencyOfAQuery() {
        template.queryAndWait(
                "counter", "value", Map.of(), int.class, DEFAULTS.withConsistency(Consistency.LINEARIZABLE));
        assertThat(fake.lastConsistency).isEqualTo(Consistency.LINEARIZABLE);
    }

    @Test
    void stalenessOfALocalQueryIsWhatItDeclaresUnlessTheOptionsSayOtherwise() {
        assertThat(readOf("recent", DEFAULTS)).isEqualTo(local(Duration.ofMillis(500)));
        assertThat(readOf("recent", DEFAULTS.withMaxStaleness(Duration.ofSeconds(2))))
                .isEqualTo(local(Duration.ofSeconds(2)));
        assertThat(readOf("recent", DEFAULTS.withConsistency(Consistency.LEASE)))
                .isEqualTo(ReadOptions.of(Consistency.LEASE));
        assertThat(readOf("value", DEFAULTS)).isEqualTo(local(null));
    }

    @Test
    void stalenessGoesWithNoConsistencyButLocal() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withConsistency(Consistency.LEASE).withMaxStaleness(Duration.ofSeconds(1)))
                .withMessageContaining("LEASE");
    }

    @Test
    void queryWaitsForTheIndexAndTheTimeThatItsOptionsSay() {
        var options = DEFAULTS.withMinIndex(7).withTimeout(Duration.ofSeconds(3));
        assertThat(readOf("value", options))
                .isEqualTo(local(null).withMinIndex(7).withTimeout(Duration.ofSeconds(3)));
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.withMinIndex(-1));
    }

    @Test
    void scopeHoldsForCallsThatSayNothingThemselves() {
        try (var outer = RaftCallScope.open(DEFAULTS.withMinIndex(7).withConsistency(Consistency.LINEARIZABLE));
                var inner = RaftCallScope.open(DEFAULTS.withTimeout(Duration.ofSeconds(3)))) {
            assertThat(outer).isNotSameAs(inner);
            var wanted = ReadOptions.LINEARIZABLE.withMinIndex(7).withTimeout(Duration.ofSeconds(3));
            assertThat(readOf("recent", DEFAULTS)).isEqualTo(wanted);
            assertThat(readOf("recent", DEFAULTS.withConsistency(Consistency.LEASE)))
                    .isEqualTo(ReadOptions.of(Consistency.LEASE).withMinIndex(7).withTimeout(Duration.ofSeconds(3)));
        }
        assertThat(readOf("recent", DEFAULTS)).isEqualTo(local(Duration.ofMillis(500)));
    }

    private @Nullable ReadOptions readOf(String query, RaftCallOptions options) {
        template.queryAndWait("counter", query, Map.of(), int.class, options);
        return fake.lastRead;
    }

    private static ReadOptions local(@Nullable Duration maxStaleness) {
        return ReadOptions.of(Consistency.LOCAL).withMaxStaleness(maxStaleness);
    }

    @Test
    void futureOfACommandTellsWhatBecameOfIt() {
        assertThat(add(2)).isEqualTo(new RaftResult.Applied<>(2, 1));
        assertThat(add(-1)).isInstanceOfSatisfying(RaftResult.Failed.class, failed -> {
            assertThat(failed.errorType()).isEqualTo(IllegalStateException.class.getName());
            assertThat(failed.message()).isEqualTo("negative");
            assertThat(failed.cause()).isInstanceOf(IllegalStateException.class);
        });
        fake.nextOutcome = new Outcome.Refused(RefusalReason.OVERLOADED, "too much");
        assertThat(add(1)).isInstanceOfSatisfying(RaftResult.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(RefusalReason.OVERLOADED);
            assertThat(refused.retryable()).isTrue();
        });
        fake.nextOutcome = new Outcome.Unknown("time is up");
        RaftResult<Integer> unknown = add(1);
        assertThat(unknown).isInstanceOfSatisfying(RaftResult.Unknown.class, u -> assertThat(u.message())
                .contains("time is up"));
        assertThatExceptionOfType(RaftOutcomeUnknownException.class).isThrownBy(unknown::get);
    }

    @Test
    void futureOfAQueryFailsWithTheTypeOfTheOutcome() {
        fake.nextReadOutcome = new ReadOutcome.Refused(RefusalReason.TIMED_OUT, "too late");
        assertThat(template.query("counter", "value", Map.of(), int.class, DEFAULTS))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(RaftRefusedException.class);
        assertThatExceptionOfType(RaftRefusedException.class)
                .isThrownBy(() -> template.queryAndWait("counter", "value", Map.of(), int.class, DEFAULTS))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(RefusalReason.TIMED_OUT));
    }

    @Test
    void failureOfACommandIsToldWithItsOriginal() {
        assertThatExceptionOfType(RaftCommandException.class)
                .isThrownBy(
                        () -> template.submitAndWait("counter", "add", Map.of("amount", -1), Integer.class, DEFAULTS))
                .withMessage("negative")
                .withCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCanNotBeCalledIsNotProposed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> template.submit("counter", "subtract", Map.of(), Integer.class, DEFAULTS))
                .withMessageContaining("[add]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> template.submit("counter", "add", Map.of("amuont", 1), Integer.class, DEFAULTS))
                .withMessageContaining("[amount]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> template.submit("counter", "add", Map.of(), Integer.class, DEFAULTS))
                .withMessageContaining("'amount'");
        fake.state = ReplicaState.RUNNING;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> template.submit("ledger", "add", Map.of(), Integer.class, DEFAULTS))
                .withMessageContaining("[counter]");
        assertThat(fake.events).isEmpty();
    }

    @Test
    void bytesThatTheMachineDoesNotUnderstandAreRefused() {
        assertThat(template.submit("counter", new byte[] {1, 2, 3}).join())
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(RefusalReason.INVALID));
        assertThat(fake.events).isEmpty();
    }

    @Test
    void callBeforeTheMemberRunsFailsAtOnce() {
        fake.state = ReplicaState.STOPPED;
        assertThatExceptionOfType(RaftRefusedException.class)
                .isThrownBy(() -> template.submit("later", "add", Map.of(), Integer.class, DEFAULTS))
                .withMessageContaining("'later'");
    }

    @Test
    void interruptedCallerIsToldThatTheOutcomeIsUnknown() {
        Thread.currentThread().interrupt();
        fake.neverAnswers = true;
        assertThatExceptionOfType(RaftOutcomeUnknownException.class)
                .isThrownBy(
                        () -> template.submitAndWait("counter", "add", Map.of("amount", 1), Integer.class, DEFAULTS));
        assertThat(Thread.interrupted()).isTrue();
    }

    private RaftResult<Integer> add(int amount) {
        return template.submit("counter", "add", Map.of("amount", amount), Integer.class, DEFAULTS)
                .join();
    }

    static class Counter {
        private int value;

        @RaftCommand
        int add(int amount) {
            if (amount < 0) {
                throw new IllegalStateException("negative");
            }
            value += amount;
            return value;
        }

        @RaftQuery(consistency = Consistency.LOCAL)
        int value() {
            return value;
        }

        @RaftQuery(consistency = Consistency.LOCAL, maxStaleness = "500ms")
        int recent() {
            return value;
        }
    }
}
