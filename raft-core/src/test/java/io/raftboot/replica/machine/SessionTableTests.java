package io.raftboot.replica.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SessionTableTests {
    private static final long TIMEOUT = 1000;
    private static final long RETENTION = 500;
    private static final int MAX_SESSIONS = 3;
    private static final int MAX_KEYS = 2;
    private static final long MAX_BYTES = 10_000;
    private static final long SESSION = 7;

    private final SessionTable table = new SessionTable(new SessionRows(false));
    private long nowMillis = 10_000;
    private long index = 100;

    @Test
    void commandOfASessionIsAppliedOnceAndAnsweredEachTime() {
        open(SESSION);
        assertThat(submit(command(1, 1), "a")).isEqualTo("applied a");
        assertThat(submit(command(1, 1), "b")).isEqualTo("again a");
        assertThat(submit(command(2, 1), "c")).isEqualTo("applied c");
        assertThat(submit(command(1, 1), "d")).isEqualTo("again a");
    }

    @Test
    void commandsOfASessionMayComeInAnyOrder() {
        open(SESSION);
        assertThat(submit(command(5, 1), "e")).isEqualTo("applied e");
        assertThat(submit(command(2, 1), "b")).isEqualTo("applied b");
        assertThat(submit(command(5, 1), "x")).isEqualTo("again e");
    }

    @Test
    void failureIsAnsweredWithItsTypeAndMessage() {
        open(SESSION);
        assertThat(table.known(EntryCommand.of(command(1, 1)), nowMillis)).isNull();
        table.record(
                EntryCommand.of(command(1, 1)),
                new Outcome.Failed("com.example.SoldOut", null, 8, new IllegalStateException()),
                nowMillis);
        assertThat(table.known(EntryCommand.of(command(1, 1)), nowMillis))
                .isEqualTo(new Outcome.Failed("com.example.SoldOut", null, 8, null));
    }

    @Test
    void resultIsForgottenWhenTheCallerHasItAndTheCommandIsNotAppliedAgain() {
        open(SESSION);
        submit(command(1, 1), "a");
        submit(command(2, 2), "b");
        assertThat(submit(command(1, 1), "x")).isEqualTo("refused SESSION_EXPIRED");
        assertThat(submit(command(1_000_000_000_000L, 1_000_000_000_000L), "far"))
                .isEqualTo("applied far");
        assertThat(submit(command(2, 2), "x")).isEqualTo("refused SESSION_EXPIRED");
    }

    @Test
    void callerChangesNothingOfTheResultThatIsKept() {
        open(SESSION);
        byte[] value = {1, 2, 3};
        table.record(EntryCommand.of(command(1, 1)), new Outcome.Applied(value, 5), nowMillis);
        value[0] = 9;
        assertAppliedBytes(1, 2, 3);
        var answer = (Outcome.Applied) Objects.requireNonNull(table.known(EntryCommand.of(command(1, 1)), nowMillis));
        answer.value()[0] = 9;
        assertAppliedBytes(1, 2, 3);
    }

    @Test
    void commandOfAnUnknownSessionIsRefused() {
        assertThat(submit(command(1, 1), "a")).isEqualTo("refused SESSION_EXPIRED");
    }

    @Test
    void sessionEndsAfterItsTimeoutWithoutACommand() {
        open(SESSION);
        nowMillis += TIMEOUT - 1;
        assertThat(submit(command(1, 1), "a")).isEqualTo("applied a");
        nowMillis += TIMEOUT - 1;
        assertThat(submit(command(2, 1), "b")).isEqualTo("applied b");
        nowMillis += TIMEOUT;
        assertThat(submit(command(3, 1), "c")).isEqualTo("refused SESSION_EXPIRED");
        assertThat(table.sessionCount()).isZero();
    }

    @Test
    void liveSessionsAreNotPushedOutByNewOnes() {
        for (long id = 1; id <= MAX_SESSIONS; id++) {
            open(id);
        }
        assertThat(table.open(openRequest(), 50, nowMillis))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                        .isEqualTo(RefusalReason.SESSIONS_EXHAUSTED));
        nowMillis += TIMEOUT;
        assertThat(table.open(openRequest(), 51, nowMillis)).isInstanceOf(Outcome.Applied.class);
        assertThat(table.sessionCount()).isEqualTo(1);
    }

    @Test
    void commandWithAKeyIsAppliedOnceUntilItsTimeIsUp() {
        assertThat(submit(keyed("k", "pay 5"), "a")).isEqualTo("applied a");
        nowMillis += RETENTION - 1;
        assertThat(submit(keyed("k", "pay 5"), "b")).isEqualTo("again a");
        nowMillis += 1;
        assertThat(submit(keyed("k", "pay 5"), "c")).isEqualTo("applied c");
    }

    @Test
    void keyWithAnotherContentIsRefused() {
        submit(keyed("k", "pay 5"), "a");
        assertThat(submit(keyed("k", "pay 6"), "b")).isEqualTo("refused KEY_REUSED");
        assertThat(submit(keyed("k", "pay 5"), "c")).isEqualTo("again a");
    }

    @Test
    void newKeysAreRefusedWhileTheTableIsFullAndOldOnesAnswered() {
        submit(keyed("k1", "1"), "a");
        nowMillis += 1;
        submit(keyed("k2", "2"), "b");
        assertThat(submit(keyed("k3", "3"), "c")).isEqualTo("refused KEYS_EXHAUSTED");
        assertThat(submit(keyed("k1", "1"), "d")).isEqualTo("again a");
        nowMillis += RETENTION - 1;
        assertThat(submit(keyed("k3", "3"), "e")).isEqualTo("applied e");
        assertThat(table.keyCount()).isEqualTo(2);
    }

    @Test
    void newKeysAreRefusedWhileTheResultsTakeTooManyBytes() {
        submit(keyed("k1", "1"), "x".repeat((int) MAX_BYTES));
        assertThat(submit(keyed("k2", "2"), "b")).isEqualTo("refused KEYS_EXHAUSTED");
        nowMillis += RETENTION;
        assertThat(submit(keyed("k2", "2"), "c")).isEqualTo("applied c");
    }

    @Test
    void refusalNamesTheLimitThatIsReached() {
        submit(keyed("k1", "1"), "x".repeat((int) MAX_BYTES));
        assertThat(table.known(EntryCommand.of(keyed("k2", "2")), nowMillis))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.message())
                        .contains("raft.session.max-key-size")
                        .contains("raft.session.key-retention"));
        table.clear();
        submit(keyed("k1", "1"), "a");
        submit(keyed("k2", "2"), "b");
        assertThat(table.known(EntryCommand.of(keyed("k3", "3")), nowMillis))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.message())
                        .contains("raft.session.max-keys allows (2)"));
    }

    @Test
    void commandWithoutSessionOrKeyIsAlwaysNew() {
        var plain =
                Envelope.newBuilder().setPayload(ByteString.copyFromUtf8("p")).build();
        assertThat(submit(plain, "a")).isEqualTo("applied a");
        assertThat(submit(plain, "b")).isEqualTo("applied b");
    }

    @Test
    void tableGoesOnAfterASnapshotAsIfThereHadBeenNone() throws IOException {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        var other = new SessionTable(new SessionRows(false));
        for (int step = 0; step < 3000; step++) {
            nowMillis += random.nextInt(40);
            var envelope = randomCommand(random);
            if (random.nextInt(20) == 0) {
                index++;
                assertThat(other.open(openRequest(), index, nowMillis).getClass())
                        .as("seed %s, step %s", seed, step)
                        .isEqualTo(table.open(openRequest(), index, nowMillis).getClass());
            }
            index++;
            String result = "r" + step;
            assertThat(submit(other, envelope, result))
                    .as("seed %s, step %s", seed, step)
                    .isEqualTo(submit(table, envelope, result));
            if (random.nextInt(50) == 0) {
                var restored = new SessionTable(new SessionRows(false));
                restored.restore(new ByteArrayInputStream(bytes(other)));
                other = restored;
                assertThat(bytes(other)).as("seed %s, step %s", seed, step).isEqualTo(bytes(table));
            }
        }
    }

    @Test
    void tableGoesOnFromItsRowsAsIfItHadBeenThereAllTheTime() throws IOException {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        var kept = new SessionTable(new SessionRows(true));
        var stored = new HashMap<String, byte[]>();
        for (int step = 0; step < 3000; step++) {
            nowMillis += random.nextInt(40);
            var envelope = randomCommand(random);
            index++;
            if (random.nextInt(20) == 0) {
                kept.open(openRequest(), index, nowMillis);
                table.open(openRequest(), index, nowMillis);
            } else {
                assertThat(submit(kept, envelope, "r" + step))
                        .as("seed %s, step %s", seed, step)
                        .isEqualTo(submit(table, envelope, "r" + step));
            }
            kept.takeChanges().forEach((name, row) -> {
                assertThat(name).hasSizeLessThanOrEqualTo(DurableStateMachine.MAX_ROW_NAME_CHARACTERS);
                stored.compute(name, (known, old) -> row);
            });
            if (random.nextInt(20) == 0) {
                kept = new SessionTable(new SessionRows(true));
                kept.load(stored);
                assertThat(bytes(kept)).as("seed %s, step %s", seed, step).isEqualTo(bytes(table));
            }
        }
    }

    @Test
    void rowThatNoKnownVersionWroteIsRefused() {
        var kept = new SessionTable(new SessionRows(true));
        assertThatIOException()
                .isThrownBy(() -> kept.load(Map.of("z/1", new byte[0])))
                .withMessageContaining("'z/1'");
        assertThatIOException()
                .isThrownBy(() -> kept.load(Map.of("s/1", new byte[] {-1})))
                .withMessageContaining("'s/1'");
    }

    @Test
    void resultIsRecalledWithoutBeingUsed() {
        open(SESSION);
        submit(command(1, 1), "a");
        submit(keyed("k1", "1"), "b");
        assertThat(table.recall(EntryCommand.of(command(1, 9)), 9))
                .isInstanceOfSatisfying(Outcome.Applied.class, applied -> assertThat(applied.value())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("a"));
        assertThat(table.recall(EntryCommand.of(command(2, 1)), 9)).isNull();
        assertThat(table.recall(EntryCommand.of(keyed("k1", "1")), 9)).isInstanceOf(Outcome.Applied.class);
        assertThat(table.recall(EntryCommand.of(keyed("k1", "2")), 9)).isNull();
        assertThat(table.recall(EntryCommand.of(Envelope.getDefaultInstance()), 9))
                .isNull();
        var opening = Envelope.newBuilder().setOpenSession(openRequest()).build();
        assertThat(table.recall(EntryCommand.of(opening), SESSION)).isInstanceOf(Outcome.Applied.class);
        assertThat(table.recall(EntryCommand.of(opening), SESSION + 1)).isNull();
        assertThat(submit(command(1, 1), "x")).isEqualTo("again a");
    }

    /** Else it would keep the whole command alive for as long as its name is kept. */
    @Test
    void keyThatIsKeptIsACopy() throws IOException {
        byte[] entry = keyed("k", "payload").toByteArray();
        var in = UnsafeByteOperations.unsafeWrap(entry).newCodedInput();
        in.enableAliasing(true);
        assertThat(submit(Envelope.parseFrom(in), "a")).isEqualTo("applied a");
        Arrays.fill(entry, (byte) 0);
        assertThat(submit(keyed("k", "payload"), "b")).isEqualTo("again a");
    }

    private Envelope randomCommand(SplittableRandom random) {
        if (random.nextBoolean()) {
            return keyed("k" + random.nextInt(5), "c" + random.nextInt(2));
        }
        long lowest = random.nextInt(10);
        return Envelope.newBuilder()
                .setSessionId(Math.max(1, index - random.nextInt(40)))
                .setSessionSequence(lowest + random.nextInt(4))
                .setSessionLowestUnanswered(lowest)
                .build();
    }

    private static byte[] bytes(SessionTable table) throws IOException {
        var out = new ByteArrayOutputStream();
        table.capture().writeTo(out);
        return out.toByteArray();
    }

    private void open(long id) {
        assertThat(table.open(openRequest(), id, nowMillis)).isInstanceOf(Outcome.Applied.class);
    }

    private static OpenSession openRequest() {
        return OpenSession.newBuilder()
                .setTimeoutMillis(TIMEOUT)
                .setMaxSessions(MAX_SESSIONS)
                .build();
    }

    private static Envelope command(long sequence, long lowestUnanswered) {
        return Envelope.newBuilder()
                .setSessionId(SESSION)
                .setSessionSequence(sequence)
                .setSessionLowestUnanswered(lowestUnanswered)
                .build();
    }

    private static Envelope keyed(String key, String payload) {
        return Envelope.newBuilder()
                .setIdempotencyKey(IdempotencyKey.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setRetentionMillis(RETENTION)
                        .setMaxKeys(MAX_KEYS)
                        .setMaxBytes(MAX_BYTES))
                .setPayload(ByteString.copyFromUtf8(payload))
                .build();
    }

    private String submit(Envelope envelope, String result) {
        return submit(table, envelope, result);
    }

    /** What the apply stage does with a command, in a word. */
    private String submit(SessionTable to, Envelope envelope, String result) {
        Outcome known = to.known(EntryCommand.of(envelope), nowMillis);
        if (known instanceof Outcome.Refused refused) {
            return "refused " + refused.reason();
        }
        if (known != null) {
            return "again " + new String(((Outcome.Applied) known).value(), StandardCharsets.UTF_8);
        }
        to.record(
                EntryCommand.of(envelope),
                new Outcome.Applied(result.getBytes(StandardCharsets.UTF_8), index),
                nowMillis);
        return "applied " + result;
    }

    private void assertAppliedBytes(int... expected) {
        assertThat(table.known(EntryCommand.of(command(1, 1)), nowMillis))
                .isInstanceOfSatisfying(Outcome.Applied.class, applied -> assertThat(applied.value())
                        .containsExactly(expected));
    }

    @Test
    void changesThatWereNotKeptAreForgottenWhenTheTableIsLoaded() throws IOException {
        var loaded = new SessionTable(new SessionRows(true));
        loaded.open(openRequest(), 5, 0);
        loaded.load(Map.of());
        assertThat(loaded.takeChanges()).isEmpty();

        loaded.open(openRequest(), 6, 0);
        loaded.clear();
        assertThat(loaded.takeChanges()).isEmpty();
    }
}
