package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.Members;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What went wrong in the storage of other systems, one test each. */
class KnownBugsTests {
    private static final byte[] STATE = {1, 2, 3};

    private static void refused(Disk disk) {
        assertThatExceptionOfType(StorageOpenException.class)
                .isThrownBy(() -> Members.open(disk))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.CORRUPT));
    }

    /** RedisRaft #42: a crash while a snapshot was written left a node that could not start. */
    @Test
    void crashWhileASnapshotIsWrittenLeavesTheOneBeforeAndTheLog() throws Exception {
        var disk = new MemoryDisk();
        var storage = Members.open(disk);
        Members.append(storage, Members.entries(1, 2, 9, 10));
        var before = Members.takeSnapshot(storage, 5, 1, STATE);
        storage.snapshots().create(9, 1, Members.voters()).section("state").write(7);
        try (var recovered = Members.open(DiskImage.of(disk).toDisk())) {
            assertThat(recovered.reader().marker()).isEqualTo(before);
            assertThat(recovered.reader().lastIndex()).isEqualTo(10);
            assertThat(recovered.snapshots().newest()).contains(before);
        }
    }

    /** RedisRaft #43: a gap between the snapshot and the first entry of the log went unnoticed. */
    @Test
    void gapBetweenSnapshotAndLogIsRefused() throws Exception {
        var disk = new MemoryDisk();
        try (var storage = Members.open(disk)) {
            Members.append(storage, Members.entries(1, 2, 1, 10));
            Members.takeSnapshot(storage, 2, 1, STATE);
            for (int i = 0; i < 40; i++) {
                Members.append(storage, Members.entries(1, 3 + i, 1, 300));
            }
        }
        // The snapshot that the newest segments name is at 2; without the older ones the log begins far behind it.
        disk.delete(DiskImage.path("wal").resolve(Segment.name(1)));
        disk.delete(DiskImage.path("wal").resolve(Segment.name(2)));
        refused(disk);
    }

    /** Zeebe #10180: a chunk that came twice reset what was received. */
    @Test
    void snapshotThatIsOfferedAgainKeepsWhatWasReceived() throws Exception {
        var disk = new MemoryDisk();
        var other = new MemoryDisk();
        try (var leader = Members.open(disk);
                var follower = MemberStorage.open(
                        other,
                        Members.DIRECTORY,
                        new IdentityRequest("raft", "default", 2, Members.PEERS, false),
                        Members.smallOptions(2))) {
            Members.append(leader, Members.entries(1, 2, 9, 10));
            var snapshot = Members.takeSnapshot(leader, 5, 1, new byte[10_000]);
            for (int round = 0; round < 2; round++) {
                try (var pin = leader.snapshots().pin(snapshot);
                        var incoming = follower.snapshots().receive(snapshot)) {
                    assertThat(incoming.offset()).isEqualTo(round == 0 ? 0 : pin.length());
                    var chunk = ByteBuffer.allocate((int) (pin.length() - incoming.offset()));
                    pin.read(incoming.offset(), chunk);
                    incoming.write(chunk.flip());
                    incoming.commit();
                }
                assertThat(follower.snapshots().newest()).contains(snapshot);
            }
        }
    }

    /** JRaft #227, #480: a downloaded snapshot, and its directory, were not forced before they were used. */
    @ParameterizedTest
    @EnumSource(JournalDisk.Crash.class)
    void receivedSnapshotSurvivesALossOfPowerOnceItIsCommitted(JournalDisk.Crash crash) throws Exception {
        var source = new MemoryDisk();
        source.createDirectories(Members.DIRECTORY);
        var leader = SnapshotStore.open(source, Members.DIRECTORY, new RandomIds(new Random(1)));
        var target = new JournalDisk();
        target.createDirectories(Members.DIRECTORY);
        var follower = SnapshotStore.open(target, Members.DIRECTORY, new RandomIds(new Random(2)));
        Snapshot snapshot;
        try (var writer = leader.create(9, 2, Members.voters())) {
            try (var section = writer.section("state")) {
                section.write(new byte[50_000]);
            }
            snapshot = writer.commit();
        }
        try (var pin = leader.pin(snapshot);
                var incoming = follower.receive(snapshot)) {
            var all = ByteBuffer.allocate((int) pin.length());
            pin.read(0, all);
            incoming.write(all.flip());
            incoming.commit();
        }
        var disk = target.after(target.operations().size(), crash, new Random(3));
        var recovered = SnapshotStore.open(disk, Members.DIRECTORY, new RandomIds(new Random(4)));
        assertThat(recovered.newest()).contains(snapshot);
        recovered.open(snapshot).close();
    }

    /** JRaft #1092: after a restart the commit index was below the snapshot. */
    @Test
    void commitIndexIsNotBelowTheSnapshotAfterARestart() throws Exception {
        var disk = new MemoryDisk();
        var storage = Members.open(disk);
        Members.append(storage, LogWrite.entries(Members.hardState(2, 1, 3), Members.entries(2, 2, 9, 10)));
        Members.takeSnapshot(storage, 8, 2, STATE);
        try (var recovered = Members.open(DiskImage.of(disk).toDisk())) {
            assertThat(recovered.reader().initialState().hardState().getCommit())
                    .isEqualTo(8);
        }
    }

    /** etcd #5230, #6515, #11488: a tail of zeros, or a torn one, was refused or not repaired. */
    @Test
    void tornTailIsCutAndTheLogGoesOn() throws Exception {
        var disk = new MemoryDisk();
        var storage = Members.open(disk);
        Members.append(storage, Members.entries(1, 2, 5, 100));
        var image = DiskImage.of(disk);
        Members.append(storage, Members.entries(1, 7, 1, 1000));
        // The batch behind the end of the first image is there in part: it was begun, and never acknowledged.
        var whole = DiskImage.of(disk);
        var segment = whole.last("wal", ".wal");
        var torn = image.with(segment, bytes -> {
            var begun = whole.bytes(segment);
            int end = bytes.length;
            while (bytes[end - 1] == 0) {
                end--;
            }
            System.arraycopy(begun, end, bytes, end, 512);
            return bytes;
        });
        var repaired = torn.toDisk();
        try (var recovered = Members.open(repaired)) {
            assertThat(recovered.reader().lastIndex()).isEqualTo(6);
            Members.append(recovered, Members.entries(2, 7, 3, 50));
        }
        try (var again = Members.open(repaired)) {
            assertThat(again.reader().lastIndex()).isEqualTo(9);
            assertThat(again.reader().term(7)).isEqualTo(2);
        }
    }

    /** Ratis RATIS-1995: a storage that could not be read was formatted anew, and its data lost. */
    @Test
    void directoryWithoutIdentityIsNotMadeAnewIfThereIsALog() throws Exception {
        var disk = new MemoryDisk();
        Members.open(disk).close();
        var image = DiskImage.of(disk).without(DiskImage.path("identity"));
        var without = image.toDisk();
        refused(without);
        assertThat(DiskImage.of(without).sameAs(image)).isTrue();
    }

    /** Kafka KAFKA-16541, ClickHouse 111454: a small file beside the log was replaced without a force, and came back damaged. */
    @ParameterizedTest
    @EnumSource(JournalDisk.Crash.class)
    void identityIsTheOldOrTheNewOneWheneverThePowerIsLost(JournalDisk.Crash crash) throws Exception {
        var disk = new JournalDisk();
        var storage = Members.open(disk);
        int before = disk.operations().size();
        storage.beginRun(false);
        int after = disk.operations().size();
        for (int crashed = before; crashed <= after; crashed++) {
            try (var recovered = Members.open(disk.after(crashed, crash, new Random(crashed)))) {
                assertThat(recovered.identity().incarnation())
                        .isEqualTo(storage.identity().incarnation());
                assertThat(recovered.identity().runs()).isBetween(crashed == after ? 1L : 0L, 1L);
            }
        }
        assertThat(after - before).isGreaterThan(3);
    }

    /** etcd #10217, etcd-io/raft PR 300: what was applied lay ahead of the persisted commit index after a restart. */
    @Test
    void commitIndexIsRaisedToWhatADurableMachineHasApplied() throws Exception {
        var disk = new MemoryDisk();
        var storage = Members.open(disk);
        Members.append(storage, LogWrite.entries(Members.hardState(2, 1, 3), Members.entries(2, 2, 9, 10)));
        try (var recovered = Members.open(DiskImage.of(disk).toDisk())) {
            recovered.reader().raiseCommit(7);
            assertThat(recovered.reader().initialState().hardState().getCommit())
                    .isEqualTo(7);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> recovered.reader().raiseCommit(11));
        }
    }

    /** openraft PR 1894: the files of an earlier life of the cluster were taken for those of the present one. */
    @Test
    void directoryOfAnotherClusterIsRefused() throws IOException, StorageOpenException {
        var disk = new MemoryDisk();
        Members.open(disk).close();
        assertThatExceptionOfType(StorageOpenException.class)
                .isThrownBy(() -> MemberStorage.open(
                        disk,
                        Members.DIRECTORY,
                        new IdentityRequest("other", "default", 1, Members.PEERS, false),
                        Members.smallOptions(1)))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.OTHER_CLUSTER));
    }
}
