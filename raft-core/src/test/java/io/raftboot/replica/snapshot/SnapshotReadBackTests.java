package io.raftboot.replica.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.TestCluster;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.machine.CapturedSessions;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.KeyItem;
import io.raftboot.replica.proto.SessionsItem;
import io.raftboot.replica.proto.SystemState;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A snapshot counts when it was read back, and not before. */
class SnapshotReadBackTests {
    enum Fault {
        NONE,
        DOES_NOT_HOLD,
        THROWS,
        OVERFLOWS,
        FAILS_OTHERWISE
    }

    /** Counts, and may find fault with what it wrote. */
    private static final class Counter implements StateMachine {
        private volatile Fault fault = Fault.NONE;
        private volatile boolean hangs;
        private final CountDownLatch verifying = new CountDownLatch(1);
        private volatile String verifiedBy = "";
        private volatile String verified = "";
        private int count;

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            count++;
            return Integer.toString(count).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] query(byte[] query) {
            return Integer.toString(count).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public SnapshotWriter snapshot() {
            var state = Integer.toString(count).getBytes(StandardCharsets.UTF_8);
            return out -> out.write(state);
        }

        @Override
        public void restore(InputStream in) throws IOException {
            count = Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }

        @Override
        public void verify(InputStream in) throws IOException {
            verifiedBy = Thread.currentThread().getName();
            verifying.countDown();
            if (hangs) {
                hang();
            }
            verified = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            switch (fault) {
                case NONE -> {}
                case DOES_NOT_HOLD -> throw new IOException("the key of 60000 characters is gone");
                case THROWS -> throw new IllegalStateException("the key of 60000 characters is gone");
                case OVERFLOWS -> throw new StackOverflowError("the key of 60000 characters is gone");
                case FAILS_OTHERWISE -> throw new AssertionError("the key of 60000 characters is gone");
            }
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new UncheckedIOException(new IOException("interrupted"));
            }
        }
    }

    private final Counter counter = new Counter();
    private final MemoryDisk disk = new MemoryDisk();
    private final MemberStorage storage = open(disk);

    SnapshotReadBackTests() throws Exception {}

    private static MemberStorage open(MemoryDisk disk) throws Exception {
        return MemberStorage.open(
                disk,
                Path.of("/data"),
                new IdentityRequest("test", "default", 1, List.of(), false),
                StorageOptions.defaults().withSegmentSizeBytes(1 << 20));
    }

    @AfterEach
    void close() throws IOException {
        storage.close();
    }

    private TestCluster lone() {
        return new TestCluster(
                1,
                StorageKind.MEMORY,
                Path.of("unused"),
                config -> config.snapshots(
                        SnapshotPolicy.defaults().withIntervalEntries(10).withKeepEntries(0)),
                id -> Map.of("counter", counter));
    }

    private void awaitVerifying() throws InterruptedException {
        assertThat(counter.verifying.await(TestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private static void join(Thread writer) throws InterruptedException {
        writer.join(TestCluster.PATIENCE.toMillis());
        assertThat(writer.isAlive()).isFalse();
    }

    // --- snapshots of this member -------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void snapshotThatDoesNotHoldIsNotTakenAndLogAndOlderSnapshotStay(Fault fault) {
        try (var cluster = lone().start()) {
            var replica = cluster.replica(1);
            cluster.applied(1, "a");
            assertThat(TestCluster.get(replica.takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            await().until(() -> TestCluster.get(replica.status()).snapshotIndex() > 1);
            var before = TestCluster.get(replica.status());

            counter.fault = fault;
            for (int i = 0; i < 25; i++) {
                cluster.applied(1, "b" + i);
            }
            await().until(() -> TestCluster.get(replica.status()).snapshotFailure() != null);
            var after = TestCluster.get(replica.status());
            assertThat(after.snapshotFailure()).contains("can't read back", "the key of 60000 characters is gone");
            assertThat(after.snapshotIndex()).isEqualTo(before.snapshotIndex());
            assertThat(after.firstIndex()).isLessThanOrEqualTo(before.snapshotIndex() + 1);

            counter.fault = Fault.NONE;
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> TestCluster.get(replica.status()).snapshotFailure() == null
                            && TestCluster.get(replica.status()).snapshotIndex() > before.snapshotIndex());
        }
    }

    @Test
    void snapshotIsReadBackOnTheThreadThatWroteIt() {
        try (var cluster = lone().start()) {
            TestCluster.get(cluster.replica(1).submit("counter", new byte[0], null));
            assertThat(TestCluster.get(cluster.replica(1).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
        }
        assertThat(counter.verified).isEqualTo("1");
        assertThat(counter.verifiedBy).isEqualTo("raft-1-snapshot");
    }

    @Test
    void memberStopsWhileASnapshotIsReadBackThatDoesNotComeOn() throws Exception {
        counter.hangs = true;
        var cluster = lone().start();
        cluster.applied(1, "a");
        var request = cluster.replica(1).takeSnapshot();
        awaitVerifying();
        assertThat(TestCluster.get(cluster.replica(1).status()).snapshotIndex()).isZero();
        // Commands are applied meanwhile.
        cluster.applied(1, "b");
        cluster.close();
        assertThat(TestCluster.get(request)).isInstanceOf(SnapshotOutcome.NotTaken.class);
    }

    @Test
    void readingBackThatMakesNoHeadwayIsInterruptedAndFails() throws Exception {
        counter.hangs = true;
        var work = new SnapshotWork();
        var failure = new CompletableFuture<String>();
        var writer = new Thread(() -> maker(work).make(task(), new Told(failure)));
        writer.setDaemon(true);
        writer.start();
        awaitVerifying();
        work.look(1);
        work.look(SnapshotWork.LIMIT_NANOS);
        assertThat(failure).isNotDone();
        assertThat(work.describe()).contains("waiting for the state machine 'counter' to read back its state");
        work.look(SnapshotWork.LIMIT_NANOS + 2);
        assertThat(TestCluster.get(failure))
                .contains("'counter' can't read back", "no headway for 5 minutes, and was interrupted");
        join(writer);
        assertThat(storage.snapshots().newest()).isEmpty();
        assertThat(disk.list(Path.of("/data/snapshots"))).isEmpty();
    }

    @Test
    void memberThatDiesBetweenWritingAndReadingBackHasNoSnapshotOfIt() throws Exception {
        counter.hangs = true;
        var work = new SnapshotWork();
        var failure = new CompletableFuture<String>();
        var writer = new Thread(() -> maker(work).make(task(), new Told(failure)));
        writer.setDaemon(true);
        writer.start();
        awaitVerifying();
        assertThat(storage.snapshots().newest()).isEmpty();
        // Only under the name that the next start deletes.
        assertThat(disk.list(Path.of("/data/snapshots")))
                .singleElement()
                .asString()
                .endsWith(".writing");
        work.interrupt();
        join(writer);
    }

    @Test
    void sessionsThatComeBackOtherwiseAreFound() throws IOException {
        var items = List.of(key("a"), key("b"));
        var sessions = new CapturedSessions("counter", items);
        var out = new java.io.ByteArrayOutputStream();
        sessions.writeTo(out);
        sessions.verify(new ByteArrayInputStream(out.toByteArray()));
        var others = new CapturedSessions("counter", List.of(key("a"), key("c")));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> others.verify(new ByteArrayInputStream(out.toByteArray())))
                .withMessageContaining("is not what was written");
        var fewer = new CapturedSessions("counter", List.of(key("a")));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> fewer.verify(new ByteArrayInputStream(out.toByteArray())))
                .withMessageContaining("more than was written");
    }

    /** Its UTF-8 is that of a question mark, so a restore would look for another machine. */
    @Test
    void machineWhoseSectionWouldNotBeFoundAgainIsFound() {
        var failure = new CompletableFuture<String>();
        var captured = SnapshotSections.capture(
                SnapshotKind.COMPLETE, new SystemMachine(1), MachineSlot.byName(Map.of("\ud800", counter)));
        maker(new SnapshotWork()).make(new SnapshotMaker.Task(captured, 5, 1, voters(), List.of()), new Told(failure));
        assertThat(TestCluster.get(failure)).contains("was to hold");
        assertThat(storage.snapshots().newest()).isEmpty();
    }

    private static SessionsItem key(String key) {
        return SessionsItem.newBuilder()
                .setKey(KeyItem.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }

    private SnapshotMaker maker(SnapshotWork work) {
        return new SnapshotMaker(
                storage.snapshots(), 1, Runnable::run, snapshot -> {}, work, SnapshotMaker.Measure.NONE);
    }

    private SnapshotMaker.Task task() {
        var captured = SnapshotSections.capture(
                SnapshotKind.COMPLETE, new SystemMachine(1), MachineSlot.byName(Map.of("counter", counter)));
        return new SnapshotMaker.Task(captured, 5, 1, voters(), List.of());
    }

    private static ConfState voters() {
        return ConfState.newBuilder().addVoters(1).build();
    }

    private record Told(CompletableFuture<String> failure) implements SnapshotMaker.Done {
        @Override
        public void written(SnapshotKind kind, long index, long sizeBytes) {
            failure.complete("written");
        }

        @Override
        public void failed(String why) {
            failure.complete(why);
        }

        @Override
        public void givenUp() {
            failure.complete("given up");
        }
    }

    // --- snapshots of other members -----------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void snapshotOfAnotherMemberThatDoesNotHoldIsDeclinedBeforeTheCoreHearsOfIt(Fault fault) throws Exception {
        try (var sending = open(new MemoryDisk())) {
            var snapshot = written(sending);
            var intake = intake(Map.of("counter", counter));
            counter.fault = fault;
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> receive(intake, sending, snapshot))
                    .withMessageContaining("can't be restored by this member, which keeps its log and its state")
                    .withMessageContaining("the key of 60000 characters is gone");
            assertThat(storage.snapshots().newest()).isEmpty();
            assertThat(disk.list(Path.of("/data/snapshots"))).isEmpty();
            assertThat(intake.refusal()).contains("the key of 60000 characters is gone");

            // The same file is not taken over the network once more; another one is.
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> intake.receive(offer(snapshot), SnapshotStore.sizeBytes(snapshot)))
                    .withMessageContaining("can't be restored");
            counter.fault = Fault.NONE;
            receive(intake, sending, written(sending));
            assertThat(intake.refusal()).isNull();
            assertThat(storage.snapshots().newest()).isPresent();
        }
    }

    @Test
    void declinedSnapshotIsTakenOnceWhatItFailedForHasPassed() throws Exception {
        try (var sending = open(new MemoryDisk())) {
            var snapshot = written(sending);
            var intake = intake(Map.of("counter", counter));
            counter.fault = Fault.DOES_NOT_HOLD;
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> receive(intake, sending, snapshot));
            counter.fault = Fault.NONE;
            long now = Long.MAX_VALUE - 1; // clocks run over
            intake.look(now);
            intake.look(now + SnapshotIntake.DECLINED_NANOS - 1);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> receive(intake, sending, snapshot));
            intake.look(now + SnapshotIntake.DECLINED_NANOS);
            assertThat(intake.refusal()).isNotNull();
            receive(intake, sending, snapshot);
            assertThat(intake.refusal()).isNull();
            assertThat(storage.snapshots().newest()).contains(snapshot);
        }
    }

    @Test
    void snapshotWithAStateMachineThatThisMemberDoesNotHaveIsDeclined() throws Exception {
        try (var sending = open(new MemoryDisk())) {
            var snapshot = written(sending);
            var intake = intake(Map.of());
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> receive(intake, sending, snapshot))
                    .withMessageContaining("'counter', which this application does not have");
            assertThat(storage.snapshots().newest()).isEmpty();
        }
    }

    private SnapshotIntake intake(Map<String, StateMachine> machines) {
        return new SnapshotIntake(
                storage.snapshots(), new SystemMachine(1), new AtomicInteger(), MachineSlot.byName(machines));
    }

    private static Snapshot written(MemberStorage sending) throws IOException {
        try (var file = sending.snapshots().create(50, 3, voters())) {
            try (var section = file.section(SystemMachine.SECTION)) {
                SystemState.newBuilder().setClusterId(1).build().writeTo(section);
            }
            try (var section = file.section("counter")) {
                section.write(ByteString.copyFromUtf8("7").toByteArray());
            }
            return file.commit();
        }
    }

    private static Message offer(Snapshot snapshot) {
        return Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setSnapshot(snapshot)
                .build();
    }

    private static void receive(SnapshotIntake intake, MemberStorage sending, Snapshot snapshot) throws IOException {
        try (var pin = sending.snapshots().pin(snapshot);
                var sink = intake.receive(offer(snapshot), pin.length())) {
            var bytes = ByteBuffer.allocate((int) pin.length());
            assertThat(pin.read(0, bytes)).isEqualTo(bytes.capacity());
            sink.write(bytes.flip());
            sink.finish();
        }
    }
}
