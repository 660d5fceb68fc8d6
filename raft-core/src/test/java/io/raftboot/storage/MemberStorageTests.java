package io.raftboot.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.raftboot.raft.Peer;
import io.raftboot.raft.SnapshotTemporarilyUnavailableException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.log.DiskImage;
import io.raftboot.storage.log.LogWrite;
import io.raftboot.storage.log.Segment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a directory is, how it begins, and who is refused. */
class MemberStorageTests {
    private final MemoryDisk disk = new MemoryDisk();

    private MemberStorage open(IdentityRequest request) throws Exception {
        return MemberStorage.open(disk, Members.DIRECTORY, request, Members.smallOptions(7));
    }

    private StorageOpenException refusal(IdentityRequest request) throws Exception {
        var before = DiskImage.of(disk);
        var refusal = catchThrowableOfType(StorageOpenException.class, () -> open(request));
        assertThat(refusal).isNotNull();
        assertThat(DiskImage.of(disk).sameAs(before)).as("nothing has changed").isTrue();
        return refusal;
    }

    private static IdentityRequest request(long nodeId, List<Peer> peers) {
        return new IdentityRequest("raft", "default", nodeId, peers, false);
    }

    @Test
    void clusterOfOneBeginsWithItselfAsVoter() throws Exception {
        try (var storage = open(Members.ALONE)) {
            assertThat(storage.created()).isTrue();
            assertThat(storage.identity().clusterId()).isNotZero();
            assertThat(storage.identity().incarnation()).isNotZero();
            var reader = storage.reader();
            assertThat(reader.initialState().hardState()).isEqualTo(Members.hardState(1, 0, 1));
            assertThat(reader.initialState().confState())
                    .isEqualTo(ConfState.newBuilder().addVoters(1).build());
            assertThat(reader.firstIndex()).isEqualTo(2);
            assertThat(reader.lastIndex()).isEqualTo(1);
            assertThat(reader.term(1)).isEqualTo(1);
        }
        try (var storage = open(Members.ALONE)) {
            assertThat(storage.created()).isFalse();
        }
    }

    @Test
    void peersBeginAlikeWithTheSameClusterAndIncarnationsOfTheirOwn() throws Exception {
        Identity first;
        try (var storage = open(Members.FIRST_OF_THREE)) {
            first = storage.identity();
            assertThat(storage.reader().initialState().confState()).isEqualTo(Members.voters());
        }
        var reversed = List.of(Members.PEERS.get(2), Members.PEERS.get(1), Members.PEERS.get(0));
        try (var storage =
                MemberStorage.open(disk, Path.of("/second"), request(2, reversed), Members.smallOptions(8))) {
            assertThat(storage.identity().clusterId()).isEqualTo(first.clusterId());
            assertThat(storage.identity().incarnation()).isNotEqualTo(first.incarnation());
        }
        var elsewhere = List.of(Peer.of(1, "x:1"), Peer.of(2, "y:2"));
        try (var storage =
                MemberStorage.open(disk, Path.of("/other"), request(1, elsewhere), Members.smallOptions(9))) {
            assertThat(storage.identity().clusterId()).isNotEqualTo(first.clusterId());
        }
    }

    @Test
    void memberThatJoinsBeginsWithNothingAndLearnsItsCluster() throws Exception {
        var request = new IdentityRequest("raft", "default", 3, Members.PEERS, true);
        try (var storage = open(request)) {
            assertThat(storage.identity().clusterId()).isZero();
            assertThat(storage.reader().initialState().hardState()).isEqualTo(HardState.getDefaultInstance());
            assertThat(storage.reader().initialState().confState()).isEqualTo(ConfState.getDefaultInstance());
            assertThat(storage.reader().firstIndex()).isEqualTo(1);
            assertThat(storage.reader().lastIndex()).isZero();
            storage.learnClusterId(77);
            assertThatIllegalStateException().isThrownBy(() -> storage.learnClusterId(78));
            Members.append(storage, LogWrite.installed(Members.hardState(4, 0, 9), Members.marker(9, 4)));
            Members.append(storage, Members.entries(4, 10, 2, 10));
        }
        try (var storage = open(request(3, Members.PEERS))) {
            assertThat(storage.identity().clusterId()).isEqualTo(77);
            assertThat(storage.reader().firstIndex()).isEqualTo(10);
            assertThat(storage.reader().lastIndex()).isEqualTo(11);
        }
    }

    @Test
    void directoryRemembersWhetherItsLastRunLetLeadersCountOnIt() throws Exception {
        for (boolean leases : new boolean[] {true, false}) {
            try (var storage = open(Members.ALONE)) {
                assertThat(storage.identity().leases()).isNotEqualTo(leases);
                storage.beginRun(leases);
            }
            try (var storage = open(Members.ALONE)) {
                assertThat(storage.identity().leases()).isEqualTo(leases);
            }
        }
    }

    @Test
    void directoryInUseIsRefusedByTheNameOfItsHolder() throws Exception {
        try (var storage = open(Members.ALONE)) {
            assertThat(storage.created()).isTrue();
            var refusal = catchThrowableOfType(StorageOpenException.class, () -> open(Members.ALONE));
            assertThat(refusal.problem()).isEqualTo(Problem.LOCKED);
            assertThat(refusal)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        open(Members.ALONE).close();
    }

    @Test
    void directoryInUseOnARealDiskIsRefusedAndStaysLocked(@TempDir Path directory) throws Exception {
        var real = new RealDisk();
        var options = Members.smallOptions(1);
        try (var storage = MemberStorage.open(real, directory, Members.ALONE, options)) {
            assertThat(storage.created()).isTrue();
            for (int i = 0; i < 2; i++) {
                var refusal = catchThrowableOfType(
                        StorageOpenException.class, () -> MemberStorage.open(real, directory, Members.ALONE, options));
                assertThat(refusal.problem()).isEqualTo(Problem.LOCKED);
            }
            assertThat(lockedForOthers(directory)).isTrue();
            assertThat(Files.readString(directory.resolve("lock")))
                    .isEqualTo("process " + ProcessHandle.current().pid());
        }
        assertThat(lockedForOthers(directory)).isFalse();
        MemberStorage.open(real, directory, Members.ALONE, options).close();
    }

    /** Asks the system, which lists locks by process and inode, where it can. */
    private static boolean lockedForOthers(Path directory) throws Exception {
        var locks = Path.of("/proc/locks");
        var inode = ":" + Files.getAttribute(directory.resolve("lock"), "unix:ino") + " ";
        assumeTrue(Files.exists(locks));
        return Files.readAllLines(locks).stream().anyMatch(line -> line.contains(inode));
    }

    @Test
    void directoryOfAnotherNodeIsRefused() throws Exception {
        open(Members.FIRST_OF_THREE).close();
        var refusal = refusal(request(2, Members.PEERS));
        assertThat(refusal.problem()).isEqualTo(Problem.OTHER_NODE);
        assertThat(refusal).hasMessageContainingAll("/member", "node 1", "node 2");
    }

    @Test
    void directoryOfAnotherClusterOrGroupIsRefused() throws Exception {
        open(Members.FIRST_OF_THREE).close();
        var otherCluster = refusal(new IdentityRequest("orders", "default", 1, Members.PEERS, false));
        assertThat(otherCluster.problem()).isEqualTo(Problem.OTHER_CLUSTER);
        assertThat(otherCluster).hasMessageContainingAll("\"raft\"", "\"orders\"");
        var otherGroup = refusal(new IdentityRequest("raft", "second", 1, Members.PEERS, false));
        assertThat(otherGroup.problem()).isEqualTo(Problem.OTHER_CLUSTER);
    }

    @Test
    void clusterOfOneDoesNotStartWithPeers() throws Exception {
        open(Members.ALONE).close();
        var refusal = refusal(Members.FIRST_OF_THREE);
        assertThat(refusal.problem()).isEqualTo(Problem.PEERS_CHANGED);
        assertThat(refusal).hasMessageContaining("join");
        assertThat(refusal(new IdentityRequest("raft", "default", 1, Members.PEERS, true))
                        .problem())
                .isEqualTo(Problem.PEERS_CHANGED);
        var itself = List.of(Members.PEERS.get(0));
        open(request(1, itself)).close();
    }

    @Test
    void clusterOfOneThatGrewStartsWithItsPeers() throws Exception {
        try (var storage = open(Members.ALONE)) {
            var change = Entry.newBuilder()
                    .setType(EntryType.ENTRY_CONF_CHANGE_V2)
                    .setTerm(1)
                    .setIndex(2)
                    .build();
            Members.append(storage, List.of(change));
        }
        open(Members.FIRST_OF_THREE).close();
    }

    @Test
    void memberOfAClusterDoesNotStartAlone() throws Exception {
        open(Members.FIRST_OF_THREE).close();
        var refusal = refusal(Members.ALONE);
        assertThat(refusal.problem()).isEqualTo(Problem.PEERS_CHANGED);
        assertThat(refusal).hasMessageContainingAll("1@a:1", "2@b:2", "3@c:3");
        open(request(1, Members.PEERS.subList(0, 2))).close();
    }

    @Test
    void requestThatMakesNoSenseIsRefusedAtTheDoor() {
        assertThatIllegalArgumentException().isThrownBy(() -> request(0, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> request(4, Members.PEERS));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(1, List.of(Members.PEERS.get(0), Members.PEERS.get(0))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(1, List.of(new Peer(1))))
                .withMessage("Peer 1 has no address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(1, List.of(Peer.of(0, "a:1"), Peer.of(1, "b:1"))))
                .withMessage("The id of a peer must not be 0");
        assertThatIllegalArgumentException().isThrownBy(() -> new IdentityRequest(" ", "default", 1, List.of(), false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdentityRequest("raft", "default", 1, List.of(), true));
    }

    @Test
    void snapshotIsWantedOnceOneWasAskedForAndThereIsNone() throws Exception {
        try (var storage = open(Members.FIRST_OF_THREE)) {
            var reader = storage.reader();
            assertThat(reader.snapshotWanted()).isFalse();
            assertThat(catchThrowableOfType(SnapshotTemporarilyUnavailableException.class, reader::snapshot))
                    .isNotNull();
            assertThat(reader.snapshotWanted()).isTrue();
            assertThat(reader.snapshotWanted()).isFalse();

            Members.append(storage, Members.entries(1, 2, 9, 10));
            var snapshot = Members.takeSnapshot(storage, 6, 1, new byte[10]);
            assertThat(reader.snapshot()).isEqualTo(snapshot);

            // One of a machine that is durable by itself has no file: the log may go, the snapshot is of no use then.
            Members.append(storage, LogWrite.taken(Members.marker(8, 1)));
            reader.snapshotTaken(Members.marker(8, 1));
            assertThat(reader.snapshot()).isEqualTo(snapshot);
            reader.compact(8);
            assertThat(catchThrowableOfType(SnapshotTemporarilyUnavailableException.class, reader::snapshot))
                    .isNotNull();
            assertThat(reader.snapshotWanted()).isTrue();
        }
    }

    @Test
    void writesUnderOneForceKeepTheirListsAndReplaceEachOthersEntries() throws Exception {
        var first = new ArrayList<>(Members.entries(1, 2, 5, 10));
        var second = new ArrayList<>(Members.entries(1, 7, 2, 10));
        var replacing = new ArrayList<>(Members.entries(2, 4, 2, 10));
        var third = new ArrayList<>(Members.entries(2, 6, 1, 10));
        var lists = List.of(first, second, replacing, third);
        var before = lists.stream().map(List::copyOf).toList();
        var expected = new ArrayList<>(first.subList(0, 2));
        expected.addAll(replacing);
        expected.addAll(third);
        try (var storage = open(Members.FIRST_OF_THREE)) {
            var update = storage.writer()
                    .append(lists.stream()
                            .map(list -> LogWrite.entries(null, list))
                            .toList());
            assertThat(update.batches()).hasSize(1);
            assertThat(lists).isEqualTo(before);
            storage.reader().advance(update);
            assertThat(storage.reader().entries(2, 7, Long.MAX_VALUE)).isEqualTo(expected);
        }
        try (var storage = open(Members.FIRST_OF_THREE)) {
            assertThat(storage.reader().lastIndex()).isEqualTo(6);
            assertThat(storage.reader().entries(2, 7, Long.MAX_VALUE)).isEqualTo(expected);
        }
    }

    @Test
    void snapshotThatIsOvertakenByAnInstalledOneIsPassedOver() throws Exception {
        try (var storage = open(Members.FIRST_OF_THREE)) {
            Members.append(storage, Members.entries(1, 2, 9, 10));
            var installed = LogWrite.installed(Members.hardState(2, 0, 30), Members.marker(30, 2));
            Members.append(storage, installed, LogWrite.taken(Members.marker(8, 1)));
            Members.append(storage, LogWrite.taken(Members.marker(9, 1)));
            storage.reader().snapshotTaken(Members.marker(9, 1));
            storage.reader().compact(9);
            storage.writer().release(9);
            assertThat(storage.reader().marker()).isEqualTo(Members.marker(30, 2));
            assertThat(storage.reader().firstIndex()).isEqualTo(31);
        }
        try (var storage = open(Members.FIRST_OF_THREE)) {
            assertThat(storage.reader().marker()).isEqualTo(Members.marker(30, 2));
            assertThat(storage.reader().lastIndex()).isEqualTo(30);
        }
    }

    @Test
    void beginningOfAClusterGetsAFileWhenOneIsWanted() throws Exception {
        var state = new byte[10];
        try (var storage = open(Members.FIRST_OF_THREE)) {
            var snapshot = Members.takeSnapshot(storage, 1, 1, state);
            assertThat(storage.reader().snapshot()).isEqualTo(snapshot);
        }
        try (var storage = open(Members.FIRST_OF_THREE)) {
            assertThat(storage.reader().snapshot()).isEqualTo(storage.reader().marker());
        }
    }

    @Test
    void commitIsRaisedForADurableMachineButNotBeyondTheLog() throws Exception {
        try (var storage = open(Members.FIRST_OF_THREE)) {
            Members.append(storage, Members.entries(1, 2, 4, 10));
            storage.reader().raiseCommit(4);
            storage.reader().raiseCommit(3);
            assertThat(storage.reader().initialState().hardState().getCommit()).isEqualTo(4);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storage.reader().raiseCommit(6));
        }
    }

    @Test
    void segmentNobodyPreparedIsPreparedWhenItIsNeeded() throws Exception {
        var options = StorageOptions.defaults()
                .withSegmentSizeBytes(StorageOptions.MIN_SEGMENT_SIZE_BYTES)
                .withRandom(new Random(1))
                .withBackground(task -> {});
        try (var storage = MemberStorage.open(disk, Members.DIRECTORY, Members.ALONE, options)) {
            for (int i = 0; i < 30; i++) {
                Members.append(storage, Members.entries(1, 2 + i, 1, 400));
            }
        }
        try (var storage = open(Members.ALONE)) {
            assertThat(storage.reader().lastIndex()).isEqualTo(31);
        }
    }

    @Test
    void defaultOptionsPrepareSegmentsInTheBackground(@TempDir Path directory) throws Exception {
        var options = StorageOptions.defaults().withSegmentSizeBytes(64 * 1024);
        try (var storage = MemberStorage.open(new RealDisk(), directory, Members.ALONE, options)) {
            for (int i = 0; i < 100; i++) {
                Members.append(storage, Members.entries(1, 2 + 5L * i, 5, 900));
            }
        }
        try (var storage = MemberStorage.open(new RealDisk(), directory, Members.ALONE, options)) {
            assertThat(storage.reader().lastIndex()).isEqualTo(501);
            assertThat(new RealDisk().list(directory.resolve("wal"))).noneMatch(Segment::isUnfinished);
        }
    }
}
