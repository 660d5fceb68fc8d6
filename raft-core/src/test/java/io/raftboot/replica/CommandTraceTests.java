package io.raftboot.replica;

import static io.raftboot.replica.TestCluster.PATIENCE;
import static io.raftboot.replica.TestCluster.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Outcome;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.api.trace.TraceContext;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The trace of a caller goes with its command to all members, and makes no difference to any of them. */
class CommandTraceTests {
    private static final TraceContext ONE = trace(1);
    private static final TraceContext OTHER = trace(2);

    private static final ThreadLocal<@Nullable TraceContext> PRESENT = new ThreadLocal<>();
    private final Map<Long, Recorder> recorders = new TreeMap<>();
    private final TestCluster cluster = new TestCluster(
            3, StorageKind.MEMORY, Path.of("unused"), config -> config.divergenceCheck(DivergencePolicy.every(5)));

    private static TraceContext trace(int number) {
        return new TraceContext("00-0000000000000000000000000000000" + number + "-b7ad6b7169203331-01", "k=v" + number);
    }

    /** What the tracer of a member is told. */
    private static final class Recorder implements CommandTracer {
        private final List<Told> appends = new CopyOnWriteArrayList<>();
        private final List<Told> applies = new CopyOnWriteArrayList<>();
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public @Nullable TraceContext current() {
            asked.incrementAndGet();
            return PRESENT.get();
        }

        @Override
        public Step append(TraceContext trace, String machine) {
            return told(appends, trace, machine);
        }

        @Override
        public Step apply(TraceContext trace, String machine) {
            return told(applies, trace, machine);
        }

        private Step told(List<Told> list, TraceContext trace, String machine) {
            assertThat(machine).isEqualTo(LedgerMachine.NAME);
            var step = new Told(trace);
            list.add(step);
            return step;
        }
    }

    private static final class Told implements CommandTracer.Step {
        private final TraceContext trace;
        private volatile long index;
        private volatile String end = "still under way";

        Told(TraceContext trace) {
            this.trace = trace;
        }

        @Override
        public void at(long newTerm, long newIndex) {
            assertThat(newTerm).isPositive();
            index = newIndex;
        }

        @Override
        public void end(@Nullable String trouble) {
            assertThat(end).isEqualTo("still under way");
            end = trouble == null ? "done" : trouble;
        }

        @Override
        public String toString() {
            return trace.tracestate() + " at " + index + " " + end;
        }
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start() {
        for (long id = 1; id <= 3; id++) {
            var recorder = new Recorder();
            recorders.put(id, recorder);
            cluster.replica(id).traceBy(recorder);
        }
        cluster.start();
    }

    private Recorder of(long id) {
        return java.util.Objects.requireNonNull(recorders.get(id));
    }

    private Outcome call(@Nullable TraceContext trace, long member, @Nullable String key, String command) {
        PRESENT.set(trace);
        try {
            CompletableFuture<Outcome> outcome = key == null
                    ? cluster.replica(member).submit(LedgerMachine.NAME, command.getBytes(UTF_8), PATIENCE.dividedBy(2))
                    : cluster.replica(member)
                            .submitOnce(LedgerMachine.NAME, command.getBytes(UTF_8), key, Duration.ofSeconds(10));
            return get(outcome);
        } finally {
            PRESENT.remove();
        }
    }

    private static long index(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        return ((Outcome.Applied) outcome).index();
    }

    private void awaitApplied(long index) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (long id = 1; id <= 3; id++) {
                assertThat(get(cluster.replica(id).status()).appliedIndex()).isGreaterThanOrEqualTo(index);
            }
        });
    }

    @Test
    void tracerThatThrowsTakesNoRoomOfTheCommandsBehindIt() throws Exception {
        try (var small =
                new TestCluster(1, StorageKind.MEMORY, Path.of("unused"), config -> config.maxPendingCommands(2))) {
            small.start();
            small.awaitLeader();
            small.replica(1).traceBy(new CommandTracer() {
                @Override
                public @Nullable TraceContext current() {
                    throw new IllegalStateException("planted");
                }
            });
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> small.replica(1).submit(LedgerMachine.NAME, "a".getBytes(UTF_8), null))
                        .hasMessage("planted");
            }
            assertThat(small.replica(1).load().commands()).isZero();
            small.replica(1).traceBy(CommandTracer.NONE);
            small.applied(1, "b");
        }
    }

    @Test
    void commandIsFollowedOverTheLeaderToEachMember() {
        start();
        long leader = cluster.awaitLeader();
        long follower = cluster.otherThan(leader);
        long index = index(call(ONE, follower, null, "traced"));
        awaitApplied(index);
        String done = "k=v1 at " + index + " done";
        recorders.forEach((id, recorder) -> {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(recorder.applies)
                    .extracting(Told::toString)
                    .containsExactly(done));
            assertThat(recorder.appends).extracting(Told::toString).isEqualTo(id == leader ? List.of(done) : List.of());
        });
        assertThat(of(leader).appends.get(0).trace).isEqualTo(ONE);
    }

    @Test
    void commandThatFailsIsToldWithItsFailure() {
        start();
        var failed = (Outcome.Failed) call(ONE, cluster.awaitLeader(), null, LedgerMachine.FAIL);
        awaitApplied(failed.index());
        recorders.values().forEach(recorder -> await().atMost(PATIENCE).untilAsserted(() -> assertThat(recorder.applies)
                .extracting(Told::toString)
                .containsExactly("k=v1 at " + failed.index() + " " + IllegalArgumentException.class.getName())));
    }

    @Test
    void commandOfNobodyWhoIsTracedIsNotTold() {
        start();
        long leader = cluster.awaitLeader();
        long index = index(call(null, leader, null, "untraced"));
        awaitApplied(index);
        assertThat(of(leader).asked).hasPositiveValue();
        recorders.values().forEach(recorder -> {
            assertThat(recorder.appends).isEmpty();
            assertThat(recorder.applies).isEmpty();
        });
    }

    /** Under another trace, under none, and through another member: a key names one command. */
    @Test
    void retryUnderAnotherTraceIsTheSameCommand() {
        start();
        long leader = cluster.awaitLeader();
        long follower = cluster.otherThan(leader);
        long index = index(call(ONE, leader, "key", "once"));
        assertThat(index(call(OTHER, follower, "key", "once"))).isEqualTo(index);
        assertThat(index(call(null, leader, "key", "once"))).isEqualTo(index);
        cluster.awaitCommands(List.of("once"));
        assertThat(call(OTHER, leader, "key", "another")).isInstanceOf(Outcome.Refused.class);
        // Each time it went through the log, and is seen to have.
        assertThat(of(leader).appends).extracting(told -> told.trace).containsExactly(ONE, OTHER, OTHER);
    }

    /** One member traces and two do not: their states, sessions and results are the same all the same. */
    @Test
    void membersOfWhichOneIsTracedCompareEqual() {
        start();
        long leader = cluster.awaitLeader();
        cluster.replica(leader).traceBy(CommandTracer.NONE);
        long last = 0;
        for (int i = 0; i < 30; i++) {
            String command = "c" + i;
            last = index(call(i % 3 == 0 ? null : trace(i % 3), cluster.otherThan(leader), "key" + i, command));
            last = Math.max(last, index(call(OTHER, leader, null, command)));
        }
        long compared = last;
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (long id = 1; id <= 3; id++) {
                var divergence = get(cluster.replica(id).status()).divergence();
                assertThat(divergence.hashedIndex()).isGreaterThanOrEqualTo(compared - 5);
                assertThat(divergence.settled()).isTrue();
                assertThat(divergence.found()).isEmpty();
            }
        });
        assertThat(of(cluster.otherThan(leader)).applies).isNotEmpty();
    }

    /** Tomorrow's start applies what is in the log again, which is no part of yesterday's traces. */
    @Test
    void memberThatStartsAgainRepeatsNoTrace() {
        start();
        long leader = cluster.awaitLeader();
        long follower = cluster.otherThan(leader);
        awaitApplied(index(call(ONE, leader, null, "before")));
        await().atMost(PATIENCE).until(() -> of(follower).applies.size() == 1);
        // Its followers know only then that this much is committed.
        awaitApplied(index(call(null, leader, null, "behind")));
        cluster.replica(follower).stop();
        var renewed = new Recorder();
        cluster.renew(follower).traceBy(renewed);
        cluster.replica(follower).start();
        awaitApplied(index(call(OTHER, cluster.awaitLeader(), null, "after")));
        assertThat(cluster.machine(follower).commands()).containsExactly("before", "behind", "after");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(renewed.applies)
                .extracting(told -> told.trace)
                .containsExactly(OTHER));
    }
}
