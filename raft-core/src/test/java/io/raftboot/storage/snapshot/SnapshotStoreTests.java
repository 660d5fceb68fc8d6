package io.raftboot.storage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.Members;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.log.FaultDisk;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots made, read, sent, received in pieces, and deleted. */
class SnapshotStoreTests {
    private final MemoryDisk disk = new MemoryDisk();
    private SnapshotStore store;

    @BeforeEach
    void open() throws IOException {
        disk.createDirectories(Members.DIRECTORY);
        store = reopened();
    }

    private SnapshotStore reopened() throws IOException {
        var opened = SnapshotStore.open(
                disk,
                Members.DIRECTORY,
                new RandomIds(new Random(disk.list(Members.DIRECTORY).hashCode())));
        opened.deleteUnfinished();
        return opened;
    }

    private Snapshot write(long index, int sizeBytes) throws IOException {
        return write(store, index, sizeBytes);
    }

    private static Snapshot write(SnapshotStore store, long index, int sizeBytes) throws IOException {
        try (var writer = store.create(index, 2, Members.voters())) {
            try (var section = writer.section("first")) {
                section.write(bytes(index, sizeBytes));
            }
            writer.section("empty").close();
            try (var section = writer.section("last")) {
                for (var value : bytes(index + 1, 1000)) {
                    section.write(value);
                }
            }
            return writer.commit();
        }
    }

    private static byte[] bytes(long seed, int sizeBytes) {
        var bytes = new byte[sizeBytes];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void assertReadable(SnapshotStore store, Snapshot snapshot, int sizeBytes) throws IOException {
        long index = snapshot.getMetadata().getIndex();
        try (var reader = store.open(snapshot)) {
            assertThat(reader.sections()).containsExactly("first", "empty", "last");
            assertThat(Objects.requireNonNull(reader.section("last")).readAllBytes())
                    .isEqualTo(bytes(index + 1, 1000));
            assertThat(Objects.requireNonNull(reader.section("empty")).readAllBytes())
                    .isEmpty();
            assertThat(Objects.requireNonNull(reader.section("first")).readAllBytes())
                    .isEqualTo(bytes(index, sizeBytes));
            assertThat(reader.section("none")).isNull();
        }
    }

    @Test
    void whatWasWrittenIsReadWhateverItsSize() throws Exception {
        for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 262_144, 1_000_000}) {
            var snapshot = write(size + 10, size);
            assertThat(snapshot.getMetadata().getIndex()).isEqualTo(size + 10);
            assertThat(snapshot.getMetadata().getConfState()).isEqualTo(Members.voters());
            assertReadable(store, snapshot, size);
        }
    }

    @Test
    void newestIsByIndexAndKnownAfterReopening() throws Exception {
        assertThat(store.newest()).isEmpty();
        var newer = write(30, 10);
        write(20, 10);
        assertThat(store.newest()).contains(newer);
        assertThat(reopened().newest()).contains(newer);
        assertReadable(reopened(), newer, 10);
    }

    @Test
    void snapshotGivenUpLeavesNothing() throws Exception {
        var writer = store.create(5, 1, Members.voters());
        var section = writer.section("state");
        section.write(new byte[500_000]);
        writer.abort();
        section.close();
        assertThat(disk.list(Members.DIRECTORY)).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> writer.commit());

        store.create(6, 1, Members.voters()).section("of a process that died");
        assertThat(disk.list(Members.DIRECTORY)).hasSize(1);
        assertThat(reopened().newest()).isEmpty();
        assertThat(disk.list(Members.DIRECTORY)).isEmpty();
    }

    @Test
    void sectionsAreWrittenOneAfterTheOther() throws Exception {
        try (var writer = store.create(5, 1, Members.voters())) {
            var section = writer.section("state");
            assertThatIllegalStateException().isThrownBy(() -> writer.section("other"));
            assertThatIllegalStateException().isThrownBy(writer::commit);
            section.close();
            assertThatIllegalArgumentException().isThrownBy(() -> writer.section("state"));
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> section.write(1));
        }
    }

    @Test
    void snapshotIsReceivedInChunks() throws Exception {
        var received = new MemoryDisk();
        received.createDirectories(Members.DIRECTORY);
        var follower = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        var snapshot = write(9, 100_000);
        try (var pin = store.pin(snapshot);
                var incoming = follower.receive(snapshot)) {
            transfer(pin, incoming, Long.MAX_VALUE);
            assertThat(follower.newest()).isEmpty();
            incoming.commit();
        }
        assertThat(follower.newest()).contains(snapshot);
        assertReadable(follower, snapshot, 100_000);
    }

    @Test
    void receivingGoesOnWhereItWasBroken() throws Exception {
        var snapshot = write(9, 100_000);
        var received = new MemoryDisk();
        received.createDirectories(Members.DIRECTORY);
        long offset = 0;
        for (int attempt = 0; attempt < 5; attempt++) {
            // Another process each time.
            var follower = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
            follower.deleteUnfinished();
            try (var pin = store.pin(snapshot);
                    var incoming = follower.receive(snapshot)) {
                assertThat(incoming.offset()).isEqualTo(offset);
                transfer(pin, incoming, offset + 20_000);
                offset = incoming.offset();
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> follower.receive(snapshot))
                        .withMessageContaining("already");
            }
        }
        var follower = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        try (var pin = store.pin(snapshot);
                var incoming = follower.receive(snapshot)) {
            transfer(pin, incoming, Long.MAX_VALUE);
            incoming.commit();
        }
        assertReadable(follower, snapshot, 100_000);
        // The sender may not have heard of it, and tries again.
        try (var incoming = follower.receive(snapshot)) {
            assertThat(incoming.offset())
                    .isEqualTo(SnapshotFormat.descriptor(snapshot).getLength());
            incoming.commit();
        }
        assertThat(follower.newest()).contains(snapshot);
    }

    @Test
    void fileWhoseNameCouldNotBeForcedIsReceivedAnew() throws Exception {
        var snapshot = write(9, 5_000);
        var received = new FaultDisk(new MemoryDisk());
        received.createDirectories(Members.DIRECTORY);
        var follower = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        received.failWhen((operation, file) -> operation == FaultDisk.Operation.FORCE_DIRECTORY);
        try (var pin = store.pin(snapshot);
                var incoming = follower.receive(snapshot)) {
            transfer(pin, incoming, Long.MAX_VALUE);
            assertThatExceptionOfType(IOException.class).isThrownBy(incoming::commit);
        }
        received.heal();
        assertThat(received.list(Members.DIRECTORY)).isEmpty();
        assertThat(follower.newest()).isEmpty();
        try (var pin = store.pin(snapshot);
                var incoming = follower.receive(snapshot)) {
            assertThat(incoming.offset()).isZero();
            transfer(pin, incoming, Long.MAX_VALUE);
            incoming.commit();
        }
        assertReadable(follower, snapshot, 5_000);
    }

    @Test
    void nameOfAFileThatAnEarlierProcessCompletedIsForcedBeforeItCounts() throws Exception {
        var snapshot = write(9, 5_000);
        var received = new FaultDisk(new MemoryDisk());
        received.createDirectories(Members.DIRECTORY);
        var earlier = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        try (var pin = store.pin(snapshot);
                var incoming = earlier.receive(snapshot)) {
            transfer(pin, incoming, Long.MAX_VALUE);
            incoming.commit();
        }
        // As if it had died between the name and its force.
        var later = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        var forces = new AtomicInteger();
        received.failWhen((operation, file) -> {
            forces.addAndGet(operation == FaultDisk.Operation.FORCE_DIRECTORY ? 1 : 0);
            return operation == FaultDisk.Operation.FORCE_DIRECTORY && forces.get() == 1;
        });
        try (var incoming = later.receive(snapshot)) {
            assertThatExceptionOfType(IOException.class).isThrownBy(incoming::commit);
        }
        try (var incoming = later.receive(snapshot)) {
            incoming.commit();
        }
        assertThat(forces).hasValue(2);
        assertReadable(later, snapshot, 5_000);
    }

    @Test
    void whatWasDamagedOnItsWayIsReceivedAnew() throws Exception {
        var snapshot = write(9, 5_000);
        var received = new MemoryDisk();
        received.createDirectories(Members.DIRECTORY);
        var follower = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        int length = (int) SnapshotFormat.descriptor(snapshot).getLength();
        for (int damaged : new int[] {0, 20, length / 2, length - 1}) {
            try (var pin = store.pin(snapshot);
                    var incoming = follower.receive(snapshot)) {
                assertThat(incoming.offset()).isZero();
                var bytes = ByteBuffer.allocate(length);
                pin.read(0, bytes);
                bytes.put(damaged, (byte) ~bytes.get(damaged));
                incoming.write(bytes.flip());
                assertThatExceptionOfType(CorruptionException.class).isThrownBy(incoming::commit);
            }
            assertThat(received.list(Members.DIRECTORY)).isEmpty();
        }
    }

    @Test
    void moreOrLessThanWasAnnouncedIsRefused() throws Exception {
        var snapshot = write(9, 5_000);
        var received = new MemoryDisk();
        received.createDirectories(Members.DIRECTORY);
        var follower = SnapshotStore.open(received, Members.DIRECTORY, new RandomIds(new Random(1)));
        int length = (int) SnapshotFormat.descriptor(snapshot).getLength();
        try (var incoming = follower.receive(snapshot)) {
            incoming.write(ByteBuffer.allocate(100));
            assertThatExceptionOfType(IOException.class).isThrownBy(incoming::commit);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> incoming.write(ByteBuffer.allocate(length)));
            assertThat(incoming.offset()).isEqualTo(100);
        }
    }

    private static void transfer(SnapshotPin pin, IncomingSnapshot incoming, long until) throws IOException {
        long end = Math.min(until, pin.length());
        while (incoming.offset() < end) {
            var chunk = ByteBuffer.allocate((int) Math.min(7_777, end - incoming.offset()));
            pin.read(incoming.offset(), chunk);
            incoming.write(chunk.flip());
        }
    }

    @Test
    void olderSnapshotsAreDeletedUnlessTheyAreSentOrTheLogNeedsThem() throws Exception {
        var older = write(10, 10);
        var pinned = write(20, 10);
        var needed = write(30, 10);
        var newer = write(40, 10);
        var newest = write(50, 10);
        var part = partOf(15);
        store.neededByLog(needed);
        long before = store.sizeBytes();
        var pin = store.pin(pinned);
        store.retain(1);
        for (var kept : new Snapshot[] {pinned, needed, newer, newest}) {
            assertReadable(store, kept, 10);
        }
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.open(older));
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.pin(older));
        assertThat(disk.list(Members.DIRECTORY)).hasSize(4).doesNotContain(part);
        assertThat(store.sizeBytes()).isLessThan(before);

        pin.close();
        store.neededByLog(newest);
        store.retain(1);
        assertThat(disk.list(Members.DIRECTORY)).hasSize(1);
        assertThat(store.newest()).contains(newest);
    }

    /** The log is told of what was taken, and writes it some time later: until then it needs what was there before, and what is new. */
    @Test
    void snapshotThatIsOnItsWayIntoTheLogStaysBesideOneOfTheSameIndexThatNeverGotThere() throws Exception {
        var inTheLog = write(10, 10);
        store.neededByLog(inTheLog);
        var ofADeadProcess = write(17, 10);
        var onItsWay = write(17, 10);

        store.retain(1);

        assertReadable(store, inTheLog, 10);
        assertReadable(store, onItsWay, 10);
        assertReadable(store, ofADeadProcess, 10);
        store.neededByLog(onItsWay);
        store.retain(1);
        assertReadable(store, onItsWay, 10);
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> store.open(inTheLog));
    }

    @Test
    void diskThatHangsHoldsUpNobodyWhoAsksWhatThereIs() throws Exception {
        var faulty = new FaultDisk(disk);
        var hanging = SnapshotStore.open(faulty, Members.DIRECTORY, new RandomIds(new Random(1)));
        var snapshot = write(hanging, 10, 10);
        partOf(5);
        var offered = snapshotOf(20);
        faulty.hangWhen((operation, file) -> true);
        var reception = started(() -> {
            hanging.receive(offered).close();
            return true;
        });
        await().until(faulty::isHanging);
        var pinned = started(() -> {
            try (var pin = hanging.pin(hanging.newest().orElseThrow())) {
                return pin.length();
            }
        });
        assertThat(pinned.get(20, TimeUnit.SECONDS)).isEqualTo(SnapshotStore.sizeBytes(snapshot));
        faulty.heal();
        assertThat(reception.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> FutureTask<T> started(Callable<T> work) {
        var task = new FutureTask<>(work);
        var thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void onlyWhatIsBeingReceivedIsKeptWhenAReceptionBegins() throws Exception {
        partOf(15);
        partOf(25);
        assertThat(parts()).hasSize(1).allMatch(name -> name.contains("25-"));
        var first = snapshotOf(35);
        var second = snapshotOf(5);
        try (var one = store.receive(first)) {
            one.write(ByteBuffer.allocate(100));
            // Of another sender, at the same time; an older one also counts, as of a leader that took over.
            try (var other = store.receive(second)) {
                other.write(ByteBuffer.allocate(100));
                assertThat(parts()).hasSize(2);
            }
        }
        try (var again = store.receive(second)) {
            assertThat(again.offset()).isEqualTo(100);
            assertThat(parts()).hasSize(1).allMatch(name -> name.contains("05-"));
        }
    }

    @Test
    void whatWasReceivedOfTheNewestIsKeptAtAnOpening() throws Exception {
        var first = partOf(15);
        disk.create(Members.DIRECTORY.resolve(first.replace("015-", "014-"))).close();
        disk.create(Members.DIRECTORY.resolve(first.replace("015-", "013-"))).close();
        reopened();
        assertThat(parts()).containsExactly(first);
        write(20, 10);
        reopened();
        assertThat(parts()).as("there is a newer one").isEmpty();
    }

    @Test
    void whatIsCompletedIsNotDeletedByAnotherReceptionThatBegins() throws Exception {
        var first = snapshotOf(15);
        var second = snapshotOf(25);
        var receiver = new MemoryDisk();
        receiver.createDirectories(Members.DIRECTORY);
        var stores = new SnapshotStore[1];
        var whileRenaming =
                beforeRenaming(receiver, () -> stores[0].receive(second).close());
        stores[0] = SnapshotStore.open(whileRenaming, Members.DIRECTORY, new RandomIds(new Random(1)));
        try (var incoming = stores[0].receive(first)) {
            incoming.write(contents(15));
            incoming.commit();
        }
        assertThat(stores[0].newest()).contains(first);
        assertReadable(stores[0], first, 10);
    }

    private interface Action {
        void run() throws IOException;
    }

    private static Disk beforeRenaming(Disk disk, Action action) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("rename")) {
                        action.run();
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private List<String> parts() throws IOException {
        return disk.list(Members.DIRECTORY).stream()
                .filter(name -> name.endsWith(".part"))
                .toList();
    }

    private Snapshot snapshotOf(long index) throws IOException {
        return write(leaderWith(index), index, 10);
    }

    private static SnapshotStore leaderWith(long seed) throws IOException {
        var other = new MemoryDisk();
        other.createDirectories(Members.DIRECTORY);
        return SnapshotStore.open(other, Members.DIRECTORY, new RandomIds(new Random(seed)));
    }

    private static ByteBuffer contents(long index) throws IOException {
        var leader = leaderWith(index);
        try (var pin = leader.pin(write(leader, index, 10))) {
            var bytes = ByteBuffer.allocate((int) pin.length());
            pin.read(0, bytes);
            return bytes.flip();
        }
    }

    private String partOf(long index) throws IOException {
        var other = new MemoryDisk();
        other.createDirectories(Members.DIRECTORY);
        var leader = SnapshotStore.open(other, Members.DIRECTORY, new RandomIds(new Random(5)));
        var snapshot = write(leader, index, 10);
        try (var incoming = store.receive(snapshot)) {
            incoming.write(ByteBuffer.allocate(100));
        }
        return disk.list(Members.DIRECTORY).stream()
                .filter(name -> name.endsWith(".part"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsBeingWrittenEndsWithTheStore() throws Exception {
        var writer = store.create(5, 1, Members.voters());
        var section = writer.section("state");
        section.write(1);
        assertThat(store.writes().threads()).containsExactly(Thread.currentThread());
        store.writes().endAll();

        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> section.write(1));
        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> section.write(new byte[2]));
        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> store.create(6, 1, Members.voters()));
        assertThat(store.writes().none()).isNotDone();
        writer.abort();
        assertThat(store.writes().none()).isCompleted();
        assertThat(disk.list(Members.DIRECTORY)).isEmpty();
    }

    @Test
    void writerThatNoticedNothingDoesNotCommit() throws Exception {
        var writer = store.create(5, 1, Members.voters());
        writer.section("state").close();
        store.writes().endAll();

        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(writer::commit);
        writer.abort();
        assertThat(disk.list(Members.DIRECTORY)).isEmpty();
    }

    @Test
    void whatIsBeingReceivedEndsWithTheStoreAndIsResumedByTheNext() throws Exception {
        var snapshot = write(50, 1000);
        var buffer = ByteBuffer.allocate(200);
        try (var pin = store.pin(snapshot)) {
            pin.read(0, buffer);
        }
        var file = buffer.array();
        disk.delete(Members.DIRECTORY.resolve(disk.list(Members.DIRECTORY).get(0)));
        store = reopened();
        var incoming = store.receive(snapshot);
        incoming.write(ByteBuffer.wrap(file, 0, 100));
        store.writes().endAll();

        assertThatExceptionOfType(InterruptedIOException.class)
                .isThrownBy(() -> incoming.write(ByteBuffer.wrap(file, 100, 100)));
        assertThat(store.writes().none()).isNotDone();
        incoming.close();
        assertThat(store.writes().none()).isCompleted();
        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> store.receive(snapshot));
        try (var resumed = reopened().receive(snapshot)) {
            assertThat(resumed.offset()).isEqualTo(100);
        }
    }

    @Test
    void snapshotThatCanNotBeMadeDurableLeavesNothing() throws Exception {
        var failing = new FaultDisk(disk);
        var other = SnapshotStore.open(failing, Members.DIRECTORY, new RandomIds(new Random(7)));
        failing.failWhen((operation, file) -> operation == FaultDisk.Operation.FORCE);

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(other, 5, 10));
        assertThat(disk.list(Members.DIRECTORY)).isEmpty();
        assertThat(other.writes().none()).isCompleted();
    }
}
