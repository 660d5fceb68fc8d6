package io.raftboot.replica.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DurableVotesTests {
    @Test
    void requestsForVotesWaitForTheCandidatesOwnTermAndVote() throws Exception {
        var candidate = member();
        candidate.campaign();
        var messages = candidate.ready().messages();
        assertThat(messages).extracting(Message::getType).contains(MessageType.MSG_VOTE);

        var held = DurableVotes.hold(messages);

        assertThat(held).extracting(Message::getType).containsExactly(MessageType.MSG_STORAGE_APPEND);
        assertThat(held.get(0).getTerm()).isEqualTo(2);
        assertThat(held.get(0).getVote()).isEqualTo(1);
        assertThat(held.get(0).getResponsesList())
                .filteredOn(response -> response.getType() == MessageType.MSG_VOTE)
                .extracting(Message::getTo)
                .containsExactly(2L, 3L);
    }

    @Test
    void otherMessagesAreSentAsTheyAre() {
        var messages = List.of(
                Message.newBuilder().setType(MessageType.MSG_APP).build(),
                Message.newBuilder().setType(MessageType.MSG_STORAGE_APPEND).build());
        assertThat(DurableVotes.hold(messages)).isSameAs(messages);
    }

    private static RawNode member() throws Exception {
        var storage = new MemoryStorage();
        var configuration = ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3);
        var metadata = SnapshotMetadata.newBuilder().setIndex(1).setTerm(1).setConfState(configuration);
        storage.applySnapshot(Snapshot.newBuilder().setMetadata(metadata).build());
        storage.setHardState(HardState.newBuilder().setTerm(1).setCommit(1).build());
        return new RawNode(RaftConfig.builder()
                .id(1)
                .storage(storage)
                .appliedIndex(1)
                .asyncStorageWrites(true)
                .random(new SplittableRandom(1))
                .build());
    }
}
