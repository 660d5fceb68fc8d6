package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.storageOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Persisted state and server restarts: section 3.8 of the dissertation, figure 2 of the paper. */
class PersistedStatePaperTests {
    private static Message voteRequest(long from, long term) {
        return message(MessageType.MSG_VOTE, from, 1, term)
                .setIndex(BASE)
                .setLogTerm(1)
                .build();
    }

    /** Each server persists its current term and vote, which prevents it from voting twice in the same term. */
    @Test
    void serverThatComesBackDoesNotVoteTwiceInATerm() throws Exception {
        MemoryStorage storage = storageOf(1, 2, 3);
        RawNode before = new RawNode(config(1, storage).build());
        before.step(voteRequest(2, 5));
        TestNodes.store(before.ready(), storage);

        RawNode after = new RawNode(config(1, storage).build());
        after.step(voteRequest(3, 5));

        assertThat(after.basicStatus().hardState().getTerm()).isEqualTo(5);
        assertThat(after.ready().messages()).singleElement().satisfies(answer -> assertThat(answer.getReject())
                .isTrue());
    }

    /** Servers store new log entries, terms and votes before they respond: whatever vouches for them waits. */
    @Test
    void nothingThatVouchesForStateLeavesBeforeItIsStored() throws Exception {
        RawNode follower = new RawNode(
                config(1, storageOf(1, 2, 3)).asyncStorageWrites(true).build());
        List<Message> sentAtOnce = new ArrayList<>();
        List<Message> afterStorage = new ArrayList<>();
        follower.step(voteRequest(2, 5));
        follower.step(message(MessageType.MSG_APP, 2, 1, 5)
                .setIndex(BASE)
                .setLogTerm(1)
                .addEntries(TestEntries.entry(BASE + 1, 5))
                .build());
        follower.step(message(MessageType.MSG_APP, 2, 1, 5)
                .setIndex(BASE + 7)
                .setLogTerm(5)
                .build());

        for (Message message : follower.ready().messages()) {
            if (message.getTo() == NodeIds.LOCAL_APPEND_THREAD) {
                afterStorage.addAll(message.getResponsesList());
            } else {
                sentAtOnce.add(message);
            }
        }

        assertThat(sentAtOnce).isEmpty();
        assertThat(afterStorage)
                .extracting(Message::getType)
                .as("refusals too: they carry the term")
                .containsExactly(
                        MessageType.MSG_VOTE_RESP,
                        MessageType.MSG_APP_RESP,
                        MessageType.MSG_APP_RESP,
                        MessageType.MSG_STORAGE_APPEND_RESP);
    }

    /** A candidate's own vote and a leader's own copy count like those of others: when they are stored. */
    @Test
    void ownVoteAndOwnCopyCountOnlyWhenStored() throws Exception {
        RawNode node =
                new RawNode(config(1, storageOf(1)).asyncStorageWrites(true).build());
        node.campaign();
        Message vote = node.ready().messages().get(0);
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.CANDIDATE);
        stepResponses(node, vote);
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.LEADER);

        node.propose(ByteString.copyFromUtf8("x"));
        Message append = node.ready().messages().get(0);
        assertThat(node.basicStatus().hardState().getCommit()).isEqualTo(BASE);
        stepResponses(node, append);
        assertThat(node.basicStatus().hardState().getCommit()).isEqualTo(BASE + 2);
    }

    private static void stepResponses(RawNode node, Message storageMessage) throws RaftException {
        assertThat(storageMessage.getTo()).isEqualTo(NodeIds.LOCAL_APPEND_THREAD);
        for (Message response : storageMessage.getResponsesList()) {
            node.step(response);
        }
    }

    /** Entries, term and vote have to be on disk; the commit index can be lost, it is found out again. */
    @ParameterizedTest
    @CsvSource({
        "5, 2, 11, 0, false",
        "5, 2, 12, 0, false",
        "5, 2, 11, 1, true",
        "6, 2, 11, 0, true",
        "5, 3, 11, 0, true",
        "6, 0, 12, 2, true"
    })
    void entriesTermAndVoteHaveToBeOnDisk(long term, long vote, long commit, int entries, boolean mustSync) {
        HardState previous =
                HardState.newBuilder().setTerm(5).setVote(2).setCommit(11).build();
        HardState next = HardState.newBuilder()
                .setTerm(term)
                .setVote(vote)
                .setCommit(commit)
                .build();

        assertThat(Ready.mustSync(next, previous, entries)).isEqualTo(mustSync);
    }

    /** The commit index is safe to lose: a server that comes back without it learns it from the leader. */
    @Test
    void lostCommitIndexIsLearnedAgain() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.propose(1, "a");
        long commit = group.commit(1);
        TestNode follower = new TestNode(3, 1, new long[] {1, 1}, settings -> settings);
        assertThat(follower.commit()).isEqualTo(BASE);

        follower.step(TestNode.messageFrom(2, MessageType.MSG_HEARTBEAT, 1).setCommit(commit));

        assertThat(follower.commit()).isEqualTo(commit);
        assertThat(follower.applied()).hasSize(2);
    }
}
