package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** A node that is told of more than its log holds, with {@link RaftConfig#refuseBeyondLog()}. */
class BeyondLogTests {
    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final RawNode node =
            new RawNode(config(1, storage).refuseBeyondLog(true).build());

    private void settle() {
        while (node.hasReady()) {
            store(node.ready(), storage);
            node.advance();
        }
    }

    private void step(Message.Builder message) throws RaftException {
        node.step(message.build());
        settle();
    }

    private void assertRefused(Message.Builder message, String reason) {
        assertThatExceptionOfType(StepInvalidMessageException.class)
                .isThrownBy(() -> node.step(message.build()))
                .withMessageContaining(reason);
        settle();
    }

    private long commit() {
        return node.basicStatus().hardState().getCommit();
    }

    @Test
    void heartbeatThatCommitsMoreIsRefusedAndMovesNothing() throws RaftException {
        assertRefused(
                message(MessageType.MSG_HEARTBEAT, 2, 1, 7).setCommit(SNAPSHOT_INDEX + 1),
                "commit 11 is beyond the end of this node's log, 10");
        assertThat(node.basicStatus().hardState().getTerm()).isLessThan(7);
        step(message(MessageType.MSG_HEARTBEAT, 2, 1, 7).setCommit(SNAPSHOT_INDEX));
        assertThat(node.basicStatus().softState().leaderId()).isEqualTo(2);
        assertThat(commit()).isEqualTo(SNAPSHOT_INDEX);
    }

    @Test
    void appendMayCommitMore() throws RaftException {
        step(message(MessageType.MSG_APP, 2, 1, 7)
                .setIndex(SNAPSHOT_INDEX)
                .setLogTerm(1)
                .setCommit(SNAPSHOT_INDEX + 50));
        assertThat(commit()).isEqualTo(SNAPSHOT_INDEX);
    }

    @Test
    void leaderRefusesWhatNobodyCanHaveAcknowledged() throws RaftException {
        node.campaign();
        settle();
        long term = node.basicStatus().hardState().getTerm();
        step(message(MessageType.MSG_VOTE_RESP, 2, 1, term));
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.LEADER);
        for (long id = 2; id <= 3; id++) {
            assertRefused(
                    message(MessageType.MSG_APP_RESP, id, 1, term).setIndex(SNAPSHOT_INDEX + 2),
                    "acknowledged index 12 is beyond the end of this node's log, 11");
        }
        assertThat(commit()).isEqualTo(SNAPSHOT_INDEX);
        step(message(MessageType.MSG_APP_RESP, 2, 1, term).setIndex(SNAPSHOT_INDEX + 1));
        assertThat(commit()).isEqualTo(SNAPSHOT_INDEX + 1);
    }

    @Test
    void formerLeaderIsToldWhateverItSays() throws RaftException {
        step(message(MessageType.MSG_HEARTBEAT, 2, 1, 7));
        step(message(MessageType.MSG_HEARTBEAT, 3, 1, 6).setCommit(SNAPSHOT_INDEX + 50));
        assertThat(node.basicStatus().softState().leaderId()).isEqualTo(2);
    }

    @Test
    void nobodySpeaksAsTheLeaderOfATermThatHasAnother() throws RaftException {
        step(message(MessageType.MSG_HEARTBEAT, 2, 1, 7));
        var forged = Entry.newBuilder().setIndex(SNAPSHOT_INDEX + 1).setTerm(7);
        var append =
                message(MessageType.MSG_APP, 3, 1, 7).setIndex(SNAPSHOT_INDEX).setLogTerm(1);
        assertRefused(append.addEntries(forged), "of term 7 that is node 2");
        assertRefused(message(MessageType.MSG_HEARTBEAT, 3, 1, 7), "of term 7 that is node 2");
        assertRefused(message(MessageType.MSG_SNAP, 3, 1, 7), "of term 7 that is node 2");
        assertThat(storage.lastIndex()).isEqualTo(SNAPSHOT_INDEX);
        assertThat(node.basicStatus().softState().leaderId()).isEqualTo(2);
        step(message(MessageType.MSG_HEARTBEAT, 3, 1, 8));
        assertThat(node.basicStatus().softState().leaderId()).isEqualTo(3);
    }

    @Test
    void leaderHearsOfNoOtherLeaderOfItsTerm() throws RaftException {
        node.campaign();
        settle();
        long term = node.basicStatus().hardState().getTerm();
        step(message(MessageType.MSG_VOTE_RESP, 2, 1, term));
        assertRefused(message(MessageType.MSG_HEARTBEAT, 3, 1, term), "that is node 1");
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.LEADER);
    }

    @Test
    void whatIsForTheLeaderAloneIsNotPassedOnInAnothersName() throws RaftException {
        step(message(MessageType.MSG_HEARTBEAT, 2, 1, 7));
        assertRefused(message(MessageType.MSG_TRANSFER_LEADER, 3, 1, 7), "which is node 2's");
        assertThat(node.basicStatus().softState().leaderId()).isEqualTo(2);
    }

    @Test
    void readHasNoTermOnItsWay() throws RaftException {
        step(message(MessageType.MSG_HEARTBEAT, 2, 1, 7));
        var read = Entry.newBuilder().setData(ByteString.copyFromUtf8("read"));
        assertRefused(message(MessageType.MSG_READ_INDEX, 3, 1, 7).addEntries(read), "a read that has a term");
        node.step(message(MessageType.MSG_READ_INDEX, 3, 1, 0).addEntries(read).build());
        assertThat(node.ready().messages()).extracting(Message::getTo).containsExactly(2L);
    }

    @Test
    void whoeverSentItIsNamed() {
        var refused = new ArrayList<String>();
        var mailed = new Node(node, () -> {}, (senderId, message, reason) -> refused.add(senderId + " " + reason));
        mailed.step(message(MessageType.MSG_HEARTBEAT, 2, 1, 7).build());
        mailed.step(message(MessageType.MSG_TRANSFER_LEADER, 3, 1, 7).build(), 9);
        assertThat(mailed.poll()).isNotNull();
        assertThat(refused).singleElement().asString().startsWith("9 a request to hand the leadership over");
    }
}
