package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.DiskExhaustedException;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.api.ThreadFailedException;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.watch.LifeTimes;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failed member that is started again by itself, or not. */
@Timeout(60)
class RestartTests {
    private final LedgerMachine ledger = new LedgerMachine();

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "FORCE"})
    void memberWhoseDiskWorksAgainIsStartedAgain(Operation operation) {
        try (var member = new LoneMember(ledger, OnFailure.RESTART).start()) {
            member.applied("before");
            var failed = new CompletableFuture<Throwable>();
            member.replica.addListener(new ReplicaListener() {
                @Override
                public void failed(Throwable cause) {
                    failed.complete(cause);
                }
            });
            member.disk.failWhen((done, path) -> done == operation);
            var unused = member.submit("lost");
            assertThat(TestCluster.get(failed)).hasMessageContaining("injected");
            member.disk.heal();
            member.awaitState(ReplicaState.RUNNING);
            assertThat(member.replica.pendingRestart()).isNull();
            assertThat(member.replica.failure()).isNull();
            member.applied("after");
            assertThat(ledger.commands()).startsWith("before").endsWith("after");
        }
    }

    @Test
    void attemptsGoOnWhileTheDiskFailsAndTheLastValuesStayVisible() {
        try (var member = new LoneMember(ledger, OnFailure.RESTART).start()) {
            var index = ((Outcome.Applied) member.applied("before")).index();
            var running = TestCluster.get(member.replica.status());
            member.disk.failWhen((done, path) -> done == Operation.FORCE);
            var unused = member.submit("lost");
            var attempts = new AtomicInteger();
            await().atMost(TestCluster.PATIENCE).until(() -> {
                var pending = member.replica.pendingRestart();
                return pending != null && attempts.accumulateAndGet(pending.attempt(), Math::max) >= 3;
            });
            var status = TestCluster.get(member.replica.status());
            assertThat(status.term()).isEqualTo(running.term());
            assertThat(status.appliedIndex()).isGreaterThanOrEqualTo(index);
            assertThat(status.commitIndex()).isGreaterThanOrEqualTo(index);
            assertThat(status.lastIndex()).isGreaterThanOrEqualTo(index);
            assertThat(status.configuration().voters()).containsExactly(1L);
            assertThat(status.leaderId()).isNull();
            assertThat(status.role()).isEqualTo("follower");
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(member.replica.status()).disk().failure() != null);
            member.disk.heal();
            member.awaitState(ReplicaState.RUNNING);
            member.applied("after");
        }
    }

    @Test
    void stopEndsTheAttempts() {
        try (var member = new LoneMember(ledger, OnFailure.RESTART).start()) {
            member.disk.failWhen((done, path) -> done == Operation.FORCE);
            var unused = member.submit("lost");
            await().atMost(TestCluster.PATIENCE).until(() -> member.replica.pendingRestart() != null);
            member.replica.stop();
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPED);
            assertThat(member.replica.pendingRestart()).isNull();
            member.disk.heal();
            await().during(LoneMember.SHORT.longestRestart().multipliedBy(3))
                    .until(() -> member.replica.state() == ReplicaState.STOPPED);
            member.start();
            member.applied("after");
        }
    }

    @Test
    void startByHandTakesThePlaceOfTheAttempt() {
        try (var member = new LoneMember(ledger, OnFailure.RESTART).start()) {
            for (int i = 0; i < 5; i++) {
                member.disk.failWhen((done, path) -> done == Operation.FORCE);
                var unused = member.submit("lost");
                await().atMost(TestCluster.PATIENCE).until(() -> member.replica.pendingRestart() != null);
                member.disk.heal();
                member.replica.start();
                member.applied("after" + i);
            }
        }
    }

    @Test
    void whatTheStateMachineFailedWithIsNotTriedAgain() {
        try (var member = new LoneMember(ledger, OnFailure.RESTART).start()) {
            var unused = member.submit(LedgerMachine.BREAK);
            member.awaitState(ReplicaState.FAILED);
            await().during(LoneMember.SHORT.longestRestart().multipliedBy(2))
                    .until(() ->
                            member.replica.state() == ReplicaState.FAILED && member.replica.pendingRestart() == null);
        }
    }

    @Test
    void memberIsLeftAloneUnlessAskedFor() {
        try (var member = new LoneMember(ledger, OnFailure.STOP_MEMBER).start()) {
            member.disk.failWhen((done, path) -> done == Operation.FORCE);
            var unused = member.submit("lost");
            member.awaitState(ReplicaState.FAILED);
            member.disk.heal();
            await().during(LoneMember.SHORT.longestRestart().multipliedBy(2))
                    .until(() -> member.replica.state() == ReplicaState.FAILED);
            assertThat(TestCluster.get(member.replica.status()).disk().failure())
                    .contains("FORCE");
        }
    }

    @Test
    void everyCommandIsAppliedOnceOverManyRestarts() {
        try (var member = new LoneMember(ledger, OnFailure.RESTART).start()) {
            var sure = new CopyOnWriteArrayList<String>();
            for (int i = 0; i < 5; i++) {
                var text = "c" + i;
                member.applied(text);
                sure.add(text);
                member.disk.failWhen((done, path) -> done == Operation.FORCE);
                var unused = TestCluster.get(member.submit("perhaps" + i));
                member.disk.heal();
                member.awaitState(ReplicaState.RUNNING);
            }
            assertThat(ledger.commands()).containsAll(sure).doesNotHaveDuplicates();
        }
    }

    @Test
    void waitsGrowUpToTheLongest() {
        var times = LifeTimes.DEFAULT;
        assertThat(IntStream.of(1, 2, 3, 6, 7, 8, 100_000)
                        .mapToObj(attempt -> times.beforeRestart(attempt).toSeconds()))
                .containsExactly(1L, 2L, 4L, 32L, 60L, 60L, 60L);
    }

    @Test
    void failuresThatMayPassAreToldFromThoseThatCanNot() {
        var full = new IOException("No space left on device");
        assertThat(PassingFailure.mayPass(full)).isTrue();
        assertThat(PassingFailure.mayPass(new UncheckedIOException(full))).isTrue();
        assertThat(PassingFailure.mayPass(new ThreadFailedException("raft-1-space", full)))
                .isTrue();
        assertThat(PassingFailure.mayPass(new OutOfMemoryError("unable to create native thread")))
                .isTrue();
        assertThat(PassingFailure.mayPass(new DiskExhaustedException("full"))).isTrue();
        assertThat(PassingFailure.mayPass(start(ReplicaStartException.Problem.INPUT_OUTPUT, full)))
                .isTrue();
        assertThat(PassingFailure.mayPass(start(ReplicaStartException.Problem.PORT_IN_USE, full)))
                .isTrue();

        assertThat(PassingFailure.mayPass(new StateMachineFailureException("the database is gone", full)))
                .isFalse();
        assertThat(PassingFailure.mayPass(new UnknownCommandException("unknown")))
                .isFalse();
        assertThat(PassingFailure.mayPass(new IllegalStateException("an invariant")))
                .isFalse();
        assertThat(PassingFailure.mayPass(new StackOverflowError())).isFalse();
        assertThat(PassingFailure.mayPass(start(ReplicaStartException.Problem.STATE_MACHINE, full)))
                .isFalse();
        assertThat(PassingFailure.mayPass(start(ReplicaStartException.Problem.DIRECTORY_CORRUPT, full)))
                .isFalse();
        assertThat(PassingFailure.mayPass(new UncheckedIOException(
                        new com.google.protobuf.InvalidProtocolBufferException("not readable"))))
                .isFalse();
    }

    private static ReplicaStartException start(ReplicaStartException.Problem problem, Throwable cause) {
        return new ReplicaStartException(problem, "injected", cause);
    }
}
