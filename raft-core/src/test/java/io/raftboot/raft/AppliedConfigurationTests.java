package io.raftboot.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The core is the owner of the configuration: it says as of which index it is, and takes nothing that is older. */
class AppliedConfigurationTests {
    private static final ConfState STORED = voters(1, 2, 3);

    private RawNode node;

    @BeforeEach
    void start() throws Exception {
        var storage = new MemoryStorage();
        storage.applySnapshot(snapshot(5, STORED));
        node = new RawNode(RaftConfig.builder()
                .id(1)
                .storage(storage)
                .appliedIndex(5)
                .asyncStorageWrites(true)
                .random(new SplittableRandom(1))
                .build());
    }

    @Test
    void configurationIsThatOfTheStorageAtFirst() {
        assertThat(node.configuration().index()).isEqualTo(5);
        assertThat(node.configuration().state().getVotersList()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void changeThatASnapshotHasOvertakenIsPassedOver() throws Exception {
        node.step(install(20, voters(1, 2, 3, 4)));
        assertThat(node.configuration()).isEqualTo(new AppliedConfiguration(20, inForce(voters(1, 2, 3, 4))));
        assertThat(node.applyConfChange(removal(4), 12).state().getVotersList()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(node.applyConfChange(removal(4), 20).index()).isEqualTo(20);
        assertThat(node.applyConfChange(removal(4), 21))
                .isEqualTo(new AppliedConfiguration(21, inForce(voters(1, 2, 3))));
    }

    @Test
    void changeIsAppliedOnce() {
        var change = ConfChangeV2.newBuilder()
                .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_NODE, 4))
                .build();
        node.applyConfChange(change, 6);
        node.applyConfChange(removal(4), 7);
        assertThat(node.applyConfChange(change, 6).state().getVotersList()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void changeThatTheConfigurationDoesNotAllowChangesNothingAndCounts() {
        var change = ConfChangeV2.newBuilder();
        STORED.getVotersList()
                .forEach(id -> change.addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id)));
        assertThat(node.applyConfChange(change.build(), 6)).isEqualTo(new AppliedConfiguration(6, inForce(STORED)));
        assertThatThrownBy(() -> node.applyConfChange(change.build())).isInstanceOf(ConfChangeException.class);
    }

    private static Message install(long index, ConfState state) {
        return Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(2)
                .setTo(1)
                .setTerm(3)
                .setSnapshot(snapshot(index, state))
                .build();
    }

    private static Snapshot snapshot(long index, ConfState state) {
        return Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(index).setTerm(2).setConfState(state))
                .build();
    }

    private static ConfChangeV2 removal(long id) {
        return ConfChangeV2.newBuilder()
                .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, id))
                .build();
    }

    private static ConfState voters(long... ids) {
        var state = ConfState.newBuilder();
        for (long id : ids) {
            state.addVoters(id);
        }
        return state.build();
    }

    private static ConfState inForce(ConfState state) {
        return state.toBuilder().setAutoLeave(false).build();
    }
}
