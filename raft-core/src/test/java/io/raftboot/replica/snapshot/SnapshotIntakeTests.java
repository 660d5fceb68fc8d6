package io.raftboot.replica.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.SystemState;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.snapshot.IncomingSnapshot;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole snapshot, and whether it is one of this member's cluster. */
class SnapshotIntakeTests {
    private static final long OWN_CLUSTER = 5;

    private final MemberStorage sending = storage();
    private final MemberStorage receiving = storage();
    private final SystemMachine system = new SystemMachine(OWN_CLUSTER);
    private final SnapshotIntake intake =
            new SnapshotIntake(receiving.snapshots(), system, new java.util.concurrent.atomic.AtomicInteger());

    SnapshotIntakeTests() throws IOException, StorageOpenException {}

    private static MemberStorage storage() throws IOException, StorageOpenException {
        return MemberStorage.open(
                new MemoryDisk(),
                Path.of("/data"),
                new IdentityRequest("test", "default", 1, List.of(), false),
                StorageOptions.defaults().withSegmentSizeBytes(1 << 20));
    }

    @AfterEach
    void close() throws IOException {
        sending.close();
        receiving.close();
    }

    private Snapshot snapshotOf(long clusterId) throws IOException {
        var file = sending.snapshots()
                .create(50, 3, ConfState.newBuilder().addVoters(1).build());
        try (var section = file.section(SystemMachine.SECTION)) {
            SystemState.newBuilder().setClusterId(clusterId).build().writeTo(section);
        }
        return file.commit();
    }

    private void receive(Snapshot snapshot) throws IOException {
        var offer = Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setSnapshot(snapshot)
                .build();
        try (var pin = sending.snapshots().pin(snapshot);
                var sink = intake.receive(offer, pin.length())) {
            var bytes = ByteBuffer.allocate((int) pin.length());
            int count = pin.read(0, bytes);
            assertThat(count).isEqualTo(bytes.capacity());
            sink.write(bytes.flip());
            sink.finish();
        }
    }

    @Test
    void snapshotOfTheOwnClusterIsKept() throws IOException {
        var snapshot = snapshotOf(OWN_CLUSTER);
        receive(snapshot);
        assertThat(receiving.snapshots().newest()).contains(snapshot);
    }

    @Test
    void snapshotOfAnotherClusterIsRefusedAndDeleted() throws IOException {
        var snapshot = snapshotOf(6);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> receive(snapshot))
                .withMessageContaining("is of cluster 6, which is not the cluster of this member");
        assertThat(receiving.snapshots().newest()).isEmpty();
    }

    @Test
    void snapshotOfWhoDidNotKnowItsClusterYetIsKept() throws IOException {
        var snapshot = snapshotOf(0);
        receive(snapshot);
        assertThat(receiving.snapshots().newest()).contains(snapshot);
    }

    @Test
    void wrongOfferIsDeclinedBeforeThereIsAFile() throws IOException {
        var snapshot = snapshotOf(OWN_CLUSTER);
        for (long length : new long[] {0, -1, SnapshotStore.sizeBytes(snapshot) + 1, Long.MAX_VALUE}) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> IncomingSnapshot.checkOffer(snapshot, length))
                    .withMessageContaining("a file of " + length + " is offered");
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> IncomingSnapshot.checkOffer(
                        snapshot.toBuilder().setData(ByteString.EMPTY).build(), 0))
                .withMessageContaining("no file");
    }

    @Test
    void stateOfAnotherClusterIsKnownAsSuch() {
        system.restore(SystemState.newBuilder().setClusterId(6).build(), 50);
        assertThat(system.cameFromAnotherCluster()).isTrue();
        assertThat(system.capture().getClusterId()).isEqualTo(OWN_CLUSTER);
        var joining = new SystemMachine(0);
        joining.restore(SystemState.newBuilder().setClusterId(6).build(), 50);
        assertThat(joining.cameFromAnotherCluster()).isFalse();
        assertThat(joining.capture().getClusterId()).isEqualTo(6);
        joining.clusterIdLearned(7);
        assertThat(joining.capture().getClusterId()).isEqualTo(7);
    }
}
