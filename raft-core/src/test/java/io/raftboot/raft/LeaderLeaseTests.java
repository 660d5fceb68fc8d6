package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestGroup.ELECTION_TICKS;
import static io.raftboot.raft.TestNode.messageFrom;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a leader can count on within an election timeout of its last word: section 6.4.1 of the dissertation. */
class LeaderLeaseTests {
    private static final long TERM = 3;

    private static TestNode started(boolean boundAtStart) {
        TestNode node = new TestNode(3, TERM, new long[] {TERM}, settings -> settings.preVote(true)
                .checkQuorum(true)
                .leaderLeases(true)
                .boundAtStart(boundAtStart));
        node.raw().raft().timer().pinTimeout(2 * ELECTION_TICKS);
        return node;
    }

    /** Node 1, which has just heard of its leader, node 2. */
    private static TestNode follower() {
        TestNode node = started(false);
        node.step(messageFrom(2, MessageType.MSG_HEARTBEAT, TERM));
        return node;
    }

    private static Message.Builder voteRequest() {
        return messageFrom(3, MessageType.MSG_VOTE, TERM + 1).setIndex(BASE + 1).setLogTerm(TERM);
    }

    @Test
    void followerThatIsToldToForgetItsLeaderDoesNot() {
        TestNode node = follower();
        node.raw().forgetLeader();
        assertThat(node.leader()).isEqualTo(2);
        node.tick(ELECTION_TICKS);
        node.raw().forgetLeader();
        assertThat(node.leader()).isEqualTo(NodeIds.NONE);
    }

    @Test
    void followerThatIsToldToCampaignDoesNotBeforeTheLeaderHasBeenSilentForAnElectionTimeout() {
        TestNode node = follower();
        node.tick(ELECTION_TICKS - 1);
        assertThat(node.campaign()).isEmpty();
        assertThat(node.role()).isEqualTo(RaftRole.FOLLOWER);
        node.tick(1);
        assertThat(node.campaign()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"MSG_PRE_VOTE_RESP", "MSG_VOTE_RESP", "MSG_APP_RESP", "MSG_HEARTBEAT_RESP"})
    void lateAnswerOfALaterTermDoesNotReleaseAFollowerFromItsLeader(MessageType type) {
        TestNode node = follower();
        node.step(messageFrom(3, type, TERM + 5).setReject(true));
        assertThat(node.term()).isEqualTo(TERM);
        assertThat(node.leader()).isEqualTo(2);
        node.tick(ELECTION_TICKS);
        node.step(messageFrom(3, type, TERM + 5).setReject(true));
        assertThat(node.term()).isEqualTo(TERM + 5);
    }

    @Test
    void leaderIsDeposedByAnAnswerOfALaterTerm() {
        TestNode node = new TestNode(3, TERM, new long[] {TERM}, settings -> settings.checkQuorum(true)
                .leaderLeases(true));
        node.elect();
        node.step(messageFrom(3, MessageType.MSG_APP_RESP, node.term() + 1).setReject(true));
        assertThat(node.role()).isEqualTo(RaftRole.FOLLOWER);
    }

    @Test
    void followerObeysItsLeaderThatHandsOver() {
        TestNode node = follower();
        assertThat(node.step(messageFrom(2, MessageType.MSG_TIMEOUT_NOW, TERM)))
                .extracting(Message::getType)
                .contains(MessageType.MSG_VOTE);
    }

    @Test
    void followerVotesForWhomItsLeaderHasOrderedToCampaign() {
        TestNode node = follower();
        node.step(voteRequest().setContext(ByteString.copyFromUtf8("CampaignTransfer")));
        assertThat(node.vote()).isEqualTo(3);
    }

    @Test
    void restartedNodeGivesNoVoteUntilAnElectionTimeoutHasPassed() {
        TestNode node = started(true);
        node.tick(ELECTION_TICKS - 1);
        node.step(voteRequest());
        assertThat(node.term()).isEqualTo(TERM);
        node.tick(1);
        node.step(voteRequest());
        assertThat(node.vote()).isEqualTo(3);
    }

    @Test
    void restartedNodeThatHadPromisedNothingVotesAtOnce() {
        TestNode node = started(false);
        node.step(voteRequest());
        assertThat(node.vote()).isEqualTo(3);
    }

    @Test
    void onlyVoterLeadsAtOnce() {
        TestNode node = new TestNode(
                1, settings -> settings.checkQuorum(true).leaderLeases(true).boundAtStart(true));
        node.campaign();
        assertThat(node.role()).isEqualTo(RaftRole.LEADER);
    }
}
