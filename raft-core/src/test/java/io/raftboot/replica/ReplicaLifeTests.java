package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.agent.Uninterrupted;
import io.raftboot.api.CommandContext;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.ReplicaStartException.Problem;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.storage.log.FaultDisk.Operation;
import io.raftboot.transport.memory.MemoryNetwork;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts and stops at moments at which something else is under way. */
@Timeout(60)
class ReplicaLifeTests {
    @TempDir
    Path dir;

    /** The lock is one of the file system: a second replica finds it held, or not. */
    @Test
    void directoryIsFreeWhenTheStopOfAFailingMemberReturns() {
        for (int i = 0; i < 5; i++) {
            try (var cluster = TestCluster.onDisk(1, dir.resolve("try" + i)).start()) {
                var unused = cluster.replica(1).submit(LedgerMachine.NAME, LedgerMachine.BREAK.getBytes(UTF_8), null);
                while (cluster.replica(1).state() != ReplicaState.FAILED) {
                    Thread.onSpinWait();
                }
                cluster.replica(1).stop();
                assertThat(cluster.replica(1).state()).isEqualTo(ReplicaState.STOPPED);
                cluster.renew(1).start();
            } catch (ReplicaStartException e) {
                // It can't apply the command that broke the one before either.
                assertThat(e.problem()).as("%s", e.getMessage()).isEqualTo(Problem.STATE_MACHINE);
            }
        }
    }

    @Test
    void startRightAfterAFailureWaitsForItsEnd() {
        try (var member = new LoneMember(new StubMachine()).start()) {
            for (int i = 0; i < 10; i++) {
                fail(member);
                member.disk.heal();
                member.replica.start();
                member.applied("after");
            }
        }
    }

    @Test
    void everyCallerOfStopWaitsForTheEnd() throws Exception {
        var machine = new Blocking();
        try (var member = new LoneMember(machine).start()) {
            var unused = member.submit("block");
            machine.entered.await();
            var returned = new AtomicInteger();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 3; i++) {
                var thread = new Thread(() -> {
                    member.replica.stop();
                    if (member.replica.state() == ReplicaState.STOPPED) {
                        returned.incrementAndGet();
                    }
                });
                thread.start();
                threads.add(thread);
            }
            member.awaitState(ReplicaState.STOPPING);
            machine.release.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(returned).hasValue(3);
        }
    }

    @Test
    void stopEndsAStartThatWaitsForItsStateMachine() throws Exception {
        var machine = new Blocking();
        try (var member = new LoneMember(machine)) {
            machine.release.countDown();
            member.start();
            member.applied("block");
            member.replica.stop();
            var again = new Blocking();
            try (var second = new Second(member, again)) {
                var started = CompletableFuture.supplyAsync(
                        () -> catchThrowableOfType(ReplicaStartException.class, second.replica::start));
                again.entered.await();
                second.replica.stop();
                assertThat(TestCluster.get(started).problem()).isEqualTo(Problem.STOPPED);
                assertThat(TestCluster.get(started)).hasMessageContaining("stopped while it started");
                // The command that blocks can't be ended from outside.
                assertThat(second.replica.state()).isEqualTo(ReplicaState.STOPPING);
                again.release.countDown();
                await().atMost(TestCluster.PATIENCE).until(() -> second.replica.state() == ReplicaState.STOPPED);
                second.replica.start();
                assertThat(second.replica.isLeader()).isTrue();
            }
        }
    }

    @Test
    void stopEndsAStartThatWaitsForTheRunBefore() throws Exception {
        var machine = new Blocking();
        try (var member = new LoneMember(machine).start()) {
            var unused = member.submit("block");
            machine.entered.await();
            member.replica.stop();
            var started = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(ReplicaStartException.class, member.replica::start));
            assertThat(TestCluster.get(started).problem()).isEqualTo(Problem.DIRECTORY_LOCKED);
            assertThat(TestCluster.get(started))
                    .hasMessageContaining("raft-1-apply")
                    .hasMessageContaining("Blocking");
            machine.release.countDown();
        }
    }

    @Test
    void stopOnTheThreadThatCompletesFuturesDoesNotWaitForItself() {
        try (var member = new LoneMember(new StubMachine()).start()) {
            var returned = new AtomicBoolean();
            var unused = member.submit("a").thenRun(() -> {
                member.replica.stop();
                returned.set(true);
            });
            member.awaitState(ReplicaState.STOPPED);
            assertThat(returned).isTrue();
            member.start();
            member.applied("b");
        }
    }

    @Test
    void startOnAThreadThatHasToEndFirstIsRefused() {
        var attached = new CountDownLatch(1);
        var machine = new StubMachine() {
            @Override
            public byte[] apply(CommandContext context, byte[] command) throws Exception {
                attached.await();
                return command;
            }
        };
        try (var member = new LoneMember(machine).start()) {
            // What is attached to a command that has ended runs at once, on the thread of the test.
            var thrown = member.submit("a").thenApply(outcome -> {
                member.replica.stop();
                return catchThrowableOfType(IllegalStateException.class, member.replica::start);
            });
            attached.countDown();
            assertThat(TestCluster.get(thrown))
                    .hasMessageContaining("a thread of its own")
                    .hasMessageContaining("raft-1");
            member.awaitState(ReplicaState.STOPPED);
        }
    }

    @Test
    void listenerMayStopAndStartTheMember() {
        try (var member = new LoneMember(new StubMachine()).start()) {
            var done = new CompletableFuture<ReplicaState>();
            member.replica.addListener(new ReplicaListener() {
                @Override
                public void failed(Throwable cause) {
                    member.replica.stop();
                    member.disk.heal();
                    member.replica.start();
                    done.complete(member.replica.state());
                }
            });
            member.disk.failWhen((operation, path) -> operation == Operation.FORCE);
            var unused = member.submit("lost");
            assertThat(TestCluster.get(done)).isEqualTo(ReplicaState.RUNNING);
        }
    }

    @Test
    void interruptDoesNotKeepAStopFromItsEnd() throws Exception {
        try (var member = new LoneMember(new StubMachine()).start()) {
            var state = new CompletableFuture<ReplicaState>();
            var interrupted = new AtomicBoolean();
            var thread = new Thread(() -> {
                Thread.currentThread().interrupt();
                member.replica.stop();
                interrupted.set(Thread.currentThread().isInterrupted());
                state.complete(member.replica.state());
            });
            thread.start();
            assertThat(TestCluster.get(state)).isEqualTo(ReplicaState.STOPPED);
            thread.join();
            assertThat(interrupted).isTrue();
        }
    }

    @Test
    void snapshotThatIsBeingWrittenIsGivenUp() throws Exception {
        var begun = new CountDownLatch(1);
        var machine = new StubMachine() {
            @Override
            void write(OutputStream out) throws IOException {
                begun.countDown();
                while (true) {
                    out.write(1);
                }
            }
        };
        try (var member = new LoneMember(machine).start()) {
            member.applied("a");
            var snapshot = member.replica.takeSnapshot();
            begun.await();
            member.replica.stop();
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPED);
            // Handed on by a thread that what is attached to futures may hold up, and that the end does not wait for.
            assertThat(TestCluster.get(snapshot)).isInstanceOf(SnapshotOutcome.NotTaken.class);
            assertThat(unfinished(member)).isEmpty();
            member.start();
            member.applied("b");
        }
    }

    @Test
    void writerOfASnapshotThatWaitsForSomethingElseIsInterrupted() throws Exception {
        var begun = new CountDownLatch(1);
        var machine = new StubMachine() {
            @Override
            void write(OutputStream out) throws IOException {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        try (var member = new LoneMember(machine).start()) {
            member.applied("a");
            var snapshot = member.replica.takeSnapshot();
            begun.await();
            member.replica.stop();
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPED);
            assertThat(snapshot).isDone();
            assertThat(unfinished(member)).isEmpty();
            member.start();
        }
    }

    @Test
    void writerOfASnapshotThatHangsKeepsTheDirectoryForSoLongAndNoLonger() throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var machine = new StubMachine() {
            @Override
            void write(OutputStream out) {
                begun.countDown();
                while (release.getCount() > 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        };
        try (var member = new LoneMember(machine).start()) {
            member.applied("a");
            var snapshot = member.replica.takeSnapshot();
            begun.await();
            member.replica.stop();

            assertThat(snapshot).isDone();
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPING);
            assertThat(member.replica.failure())
                    .hasMessageContaining("raft-1-snapshot")
                    .hasMessageContaining("ReplicaLifeTests")
                    .hasMessageContaining("stays locked");
            var refused = catchThrowableOfType(ReplicaStartException.class, member.replica::start);
            assertThat(refused.problem()).isEqualTo(Problem.DIRECTORY_LOCKED);
            assertThat(refused).hasMessageContaining("raft-1-snapshot");

            release.countDown();
            member.awaitState(ReplicaState.STOPPED);
            assertThat(member.replica.failure()).isNull();
            assertThat(unfinished(member)).isEmpty();
            member.start();
            member.applied("b");
        }
    }

    @Test
    void queryThatHangsKeepsNothing() throws Exception {
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var machine = new StubMachine() {
            @Override
            public byte[] query(byte[] query) {
                begun.countDown();
                boolean unused = Uninterrupted.run(() -> {
                    release.await();
                    return true;
                });
                return query;
            }

            @Override
            public boolean readsConcurrently() {
                return true;
            }
        };
        try (var member = new LoneMember(machine).start()) {
            var read = member.read();
            begun.await();
            member.replica.stop();
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPED);
            assertThat(((ReadOutcome.Refused) TestCluster.get(read)).reason()).isEqualTo(RefusalReason.NOT_RUNNING);
            member.start();
            release.countDown();
        }
    }

    /** What the thread at the disk has begun may still be written: so the directory is nobody else's before. */
    @ParameterizedTest
    @ValueSource(strings = {"wal", "reserve"})
    void diskThatHangsKeepsTheDirectoryForSoLongAndNoLonger(String file) {
        try (var member = new LoneMember(new StubMachine())) {
            member.disk.limit(1024 * 1024 * 1024);
            boolean afterTheStart = file.equals("wal");
            if (afterTheStart) {
                member.start();
            }
            member.disk.hangWhen((operation, path) ->
                    operation == Operation.WRITE && path.toString().contains("/" + file));
            member.start();
            var outcome = member.submit("a");
            await().atMost(TestCluster.PATIENCE).until(member.disk::isHanging);
            member.replica.stop();

            assertThat(outcome).isDone();
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPING);
            assertThat(member.replica.isLeader()).isFalse();
            assertThat(member.replica.failure()).hasMessageContaining(afterTheStart ? "raft-1-log" : "raft-1-space");
            member.disk.heal();
            member.awaitState(ReplicaState.STOPPED);
            member.start();
            member.applied("b");
        }
    }

    @Test
    void startThatFailsByAnErrorLeavesNothingOpen() {
        var broken = new AtomicBoolean(true);
        var machine = new StubMachine() {
            @Override
            public boolean hasSnapshots() {
                if (broken.get()) {
                    throw new NoClassDefFoundError("injected");
                }
                return true;
            }
        };
        try (var member = new LoneMember(machine)) {
            assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(member.replica::start);
            assertThat(member.replica.state()).isEqualTo(ReplicaState.STOPPED);
            broken.set(false);
            member.start();
            member.applied("a");
        }
    }

    private static void fail(LoneMember member) {
        member.disk.failWhen((operation, path) -> operation == Operation.FORCE);
        var unused = member.submit("lost");
        member.awaitState(ReplicaState.FAILED);
    }

    private static List<String> unfinished(LoneMember member) throws IOException {
        return member.disk.list(member.directory.resolve("snapshots"));
    }

    /** Blocks while it applies "block". */
    private static final class Blocking extends StubMachine {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        @Override
        public byte[] apply(CommandContext context, byte[] command) throws Exception {
            if (new String(command, UTF_8).equals("block")) {
                entered.countDown();
                assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
            }
            return command;
        }
    }

    /** The member in another process, whose state machine begins anew. */
    private static final class Second implements AutoCloseable {
        final Replica replica;
        private final MemoryNetwork network = new MemoryNetwork(2);

        Second(LoneMember first, StateMachine machine) {
            replica = new Replica(
                    first.replica.config(),
                    RaftConfig.builder()
                            .id(1)
                            .electionTicks(20)
                            .heartbeatTicks(2)
                            .build(),
                    network.join(1),
                    () -> Map.of(LoneMember.MACHINE, machine),
                    first.disk,
                    new ReplicaRuntime(ThreadedHost.SYSTEM, Carriers.THREE, LoneMember.SHORT));
        }

        @Override
        public void close() {
            replica.stop();
            network.close();
        }
    }
}
