package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.Clock;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.agent.Uninterrupted;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.ThreadFailedException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.SystemState;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.snapshot.SnapshotKind;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotSections;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors on threads that nobody waits for: the member stops by name, or goes on; never does something end in silence. */
@Timeout(60)
class ThreadFailureTests {
    private final AtomicBoolean broken = new AtomicBoolean();

    @ParameterizedTest
    @ValueSource(strings = {"raft-1-tick", "raft-1-deadlines", "raft-1", "raft-1-log", "raft-1-apply"})
    void errorOnAThreadThatHasNoCallerStopsTheMemberByName(String thread) {
        var clock = proxy(Clock.class, Clock.SYSTEM, "nanoTime", () -> {
            if (Thread.currentThread().getName().equals(thread)) {
                breakIfAsked();
            }
        });
        try (var member = new LoneMember(
                        new StubMachine(),
                        UnaryOperator.identity(),
                        UnaryOperator.identity(),
                        UnaryOperator.identity(),
                        clock)
                .start()) {
            member.applied("a");
            broken.set(true);
            var unused = member.submit("one for each stage");
            awaitFailedByName(member, thread);
            broken.set(false);
            member.start();
            member.applied("b");
        }
    }

    @Test
    void errorInALookAtTheDiskStopsTheMemberByName() {
        UnaryOperator<Disk> breaking = disk -> proxy(Disk.class, disk, "space", this::breakIfAsked);
        try (var member = new LoneMember(
                        new StubMachine(), UnaryOperator.identity(), breaking, UnaryOperator.identity(), Clock.SYSTEM)
                .start()) {
            broken.set(true);
            awaitFailedByName(member, "raft-1-space");
        }
    }

    @Test
    void errorOfTheTransportStopsTheMemberByName() {
        var listener = new CompletableFuture<TransportListener>();
        UnaryOperator<Transport> watched = transport -> (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        listener.complete((TransportListener) arguments[1]);
                    }
                    return invoke(transport, method, arguments);
                });
        try (var member = new LoneMember(
                        new StubMachine(), UnaryOperator.identity(), UnaryOperator.identity(), watched, Clock.SYSTEM)
                .start()) {
            TestCluster.get(listener).failed(new StackOverflowError("injected"));
            awaitFailedByName(member, Thread.currentThread().getName());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void errorInAQueryIsTheAnswerToThatQuery(boolean concurrently) {
        var machine = new StubMachine() {
            @Override
            public byte[] query(byte[] query) {
                breakIfAsked();
                return query;
            }

            @Override
            public boolean readsConcurrently() {
                return concurrently;
            }
        };
        try (var member = new LoneMember(machine).start()) {
            broken.set(true);
            for (int i = 0; i < 10; i++) {
                var failed = (ReadOutcome.Failed) TestCluster.get(member.read());
                assertThat(failed.cause()).hasRootCauseMessage("injected");
            }
            broken.set(false);
            assertThat(TestCluster.get(member.read())).isInstanceOf(ReadOutcome.Answered.class);
            assertThat(member.replica.state()).isEqualTo(ReplicaState.RUNNING);
        }
    }

    @Test
    void errorInTheWriterOfASnapshotIsTheAnswerAndTheNextOneIsTaken() {
        var machine = new StubMachine() {
            @Override
            void write(OutputStream out) {
                breakIfAsked();
            }
        };
        try (var member = new LoneMember(machine).start()) {
            member.applied("a");
            broken.set(true);
            var first = TestCluster.get(member.replica.takeSnapshot());
            assertThat(((SnapshotOutcome.NotTaken) first).message()).contains("injected");
            broken.set(false);
            assertThat(TestCluster.get(member.replica.takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
        }
    }

    @Test
    void errorInAListenerLeavesTheOthersTold() {
        try (var member = new LoneMember(new StubMachine())) {
            var told = new CopyOnWriteArrayList<String>();
            member.replica.addListener(new ReplicaListener() {
                @Override
                public void leadershipGranted(long term) {
                    throw new AssertionError("injected");
                }

                @Override
                public void leadershipRevoked(long term) {
                    told.add("first revoked");
                }
            });
            member.replica.addListener(new ReplicaListener() {
                @Override
                public void leadershipGranted(long term) {
                    told.add("second granted");
                }
            });
            member.start();
            member.replica.stop();
            // Each has a thread of its own, so nothing is said of their order.
            await().atMost(TestCluster.PATIENCE)
                    .untilAsserted(() -> assertThat(told).containsExactlyInAnyOrder("second granted", "first revoked"));
        }
    }

    @Test
    void queryThatFindsNoRoomIsRefused() {
        var parked = new ParkedReads(task -> {
            throw new RejectedExecutionException("too much waits");
        });
        var slot = new MachineSlot("m", new StubMachine() {
            @Override
            public boolean readsConcurrently() {
                return true;
            }
        });
        var read = new PendingRead(slot, new byte[0], ReadOptions.of(Consistency.LOCAL), 0);
        parked.add(1, List.of(read));
        parked.answerUpTo(1, queried -> {});
        var refused = (ReadOutcome.Refused) TestCluster.get(read.future());
        assertThat(refused).isEqualTo(new ReadOutcome.Refused(RefusalReason.OVERLOADED, "too much waits"));
    }

    @Test
    void poolRejectsWhatItCanNotTakeAndTellsWhatFailed() throws Exception {
        var failures = new CompletableFuture<Throwable>();
        var pool = ThreadedHost.SYSTEM.worker("pool", 1, 1, failures::complete);
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        pool.execute(() -> {
            entered.countDown();
            boolean unused = Uninterrupted.run(() -> {
                release.await();
                return true;
            });
            throw new AssertionError("injected");
        });
        entered.await();
        pool.execute(() -> {});
        assertThatThrownBy(() -> pool.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("too much waits for pool");
        release.countDown();
        assertThat(TestCluster.get(failures))
                .hasMessageContaining("the thread pool failed")
                .hasMessageContaining("injected");
        pool.stop();
        assertThatThrownBy(() -> pool.execute(() -> {})).hasMessageContaining("stopping");
    }

    @Test
    void failureThatCanNotBeDealtWithDoesNotGoOn() {
        var guard = new ThreadGuard(cause -> {
            throw new OutOfMemoryError("injected");
        });
        assertThatNoException().isThrownBy(() -> guard.failed(new AssertionError("first")));
        assertThatNoException().isThrownBy(guard.guarded(() -> {
            throw new AssertionError("second");
        })::run);
    }

    /** A task that is rejected must not leave anybody waiting. */
    @Test
    void snapshotThatNobodyCanWriteIsAnswered() throws Exception {
        var identity = new IdentityRequest("test", "default", 1, List.of(), false);
        var storage = MemberStorage.open(new MemoryDisk(), Path.of("/data"), identity, StorageOptions.defaults());
        var maker = new SnapshotMaker(
                storage.snapshots(),
                1,
                task -> {
                    throw new RejectedExecutionException("no thread");
                },
                snapshot -> {});
        var request = new CompletableFuture<SnapshotOutcome>();
        var givenUp = new ArrayList<String>();
        var captured = new SnapshotSections.Captured(
                SnapshotKind.COMPLETE, SystemState.getDefaultInstance(), Map.of(), List.of());
        maker.make(
                new SnapshotMaker.Task(captured, 1, 1, ConfState.getDefaultInstance(), List.of(request)),
                new SnapshotMaker.Done() {
                    @Override
                    public void written(SnapshotKind kind, long index, long sizeBytes) {}

                    @Override
                    public void failed(String why) {
                        givenUp.add(why);
                    }

                    @Override
                    public void givenUp() {
                        givenUp.add("given up");
                    }
                });
        assertThat(TestCluster.get(request)).isInstanceOf(SnapshotOutcome.NotTaken.class);
        assertThat(givenUp).hasSize(1);
    }

    private void breakIfAsked() {
        if (broken.get()) {
            throw new AssertionError("injected");
        }
    }

    private static void awaitFailedByName(LoneMember member, String thread) {
        member.awaitState(ReplicaState.FAILED);
        assertThat(member.replica.failure())
                .isInstanceOf(ThreadFailedException.class)
                .hasMessageContaining("the thread " + thread + " failed")
                .hasMessageContaining("injected");
    }

    private static <T> T proxy(Class<T> type, T target, String method, Runnable before) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        before.run();
                    }
                    return invoke(target, called, arguments);
                }));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
