package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestGroup.ELECTION_TICKS;
import static io.raftboot.raft.TestNode.messageFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Preventing disruptions when a server rejoins the cluster: section 9.6 of the dissertation, with section 4.2.3. */
class PreVotePaperTests {
    private static TestNode nodeOf(int voters) {
        return new TestNode(voters, 3, new long[] {2, 3}, settings -> settings.preVote(true));
    }

    /** A candidate only increments its term if it first learns that a majority would be willing to vote for it. */
    @Test
    void termGoesUpOnlyAfterAMajorityWouldVote() {
        TestNode node = nodeOf(5);

        node.campaign();
        assertThat(node.role()).isEqualTo(RaftRole.PRE_CANDIDATE);
        node.step(messageFrom(2, MessageType.MSG_PRE_VOTE_RESP, 4));
        assertThat(node.term()).isEqualTo(3);
        assertThat(node.vote()).isEqualTo(NodeIds.NONE);

        node.step(messageFrom(3, MessageType.MSG_PRE_VOTE_RESP, 4));
        assertThat(node.role()).isEqualTo(RaftRole.CANDIDATE);
        assertThat(node.term()).isEqualTo(4);
    }

    /** A partitioned server won't be able to increase its term, however long it tries. */
    @Test
    void serverThatIsCutOffKeepsItsTermAndDisturbsNobodyWhenItComesBack() throws Exception {
        TestGroup group = new TestGroup(3, 0, settings -> settings.preVote(true).checkQuorum(true));
        group.elect(1);
        long term = group.term(1);
        group.cut(3);
        group.tick(3, 20 * ELECTION_TICKS);
        group.settle();
        assertThat(group.role(3)).isEqualTo(RaftRole.PRE_CANDIDATE);
        assertThat(group.term(3)).isEqualTo(term);

        group.heal();
        group.elect(3);
        group.propose(1, "a");
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
        assertThat(group.term(1)).isEqualTo(term);
        assertThat(group.leader(3)).isEqualTo(1);
        assertThat(group.applied(3)).isEqualTo("a");
    }

    /** Granted if the candidate's log is sufficiently up-to-date; asking changes neither term nor vote of the voter. */
    @ParameterizedTest
    @CsvSource({"3, 2, true", "3, 5, true", "4, 1, true", "3, 1, false", "2, 9, false"})
    void preVoteIsGivenByTheLogAloneAndBindsNobody(long lastTerm, int length, boolean granted) {
        TestNode voter = nodeOf(3);

        for (long candidate = 2; candidate <= 3; candidate++) {
            Message.Builder request = messageFrom(candidate, MessageType.MSG_PRE_VOTE, 4)
                    .setIndex(BASE + length)
                    .setLogTerm(lastTerm);
            assertThat(voter.step(request)).singleElement().satisfies(answer -> {
                assertThat(answer.getReject()).isEqualTo(!granted);
                assertThat(answer.getTerm())
                        .as("the term that is asked for, or the voter's own")
                        .isEqualTo(granted ? 4 : 3);
            });
        }

        assertThat(voter.term()).isEqualTo(3);
        assertThat(voter.vote()).isEqualTo(NodeIds.NONE);
    }

    /** ... and only if the voter has not heard from a valid leader for at least a baseline election timeout. */
    @Test
    void preVoteIsIgnoredWhileTheLeaderIsHeardOf() {
        TestNode voter = new TestNode(
                3, 3, new long[] {3}, settings -> settings.preVote(true).checkQuorum(true));
        Message.Builder request =
                messageFrom(3, MessageType.MSG_PRE_VOTE, 4).setIndex(BASE + 1).setLogTerm(3);
        voter.step(messageFrom(2, MessageType.MSG_HEARTBEAT, 3));

        assertThat(voter.step(request)).isEmpty();

        // Not expired at its randomized time-out yet, but heard nothing for the shortest one.
        voter.raw().raft().timer().pinTimeout(2 * ELECTION_TICKS);
        voter.tick(ELECTION_TICKS);
        assertThat(voter.step(request)).singleElement().satisfies(answer -> assertThat(answer.getReject())
                .isFalse());
    }

    /** A pre-candidate that a majority refuses goes back to being a follower of its own term. */
    @Test
    void refusedPreCandidateStaysInItsTerm() {
        TestNode node = nodeOf(3);
        node.campaign();

        node.step(messageFrom(2, MessageType.MSG_PRE_VOTE_RESP, 3).setReject(true));
        node.step(messageFrom(3, MessageType.MSG_PRE_VOTE_RESP, 3).setReject(true));

        assertThat(node.role()).isEqualTo(RaftRole.FOLLOWER);
        assertThat(node.term()).isEqualTo(3);
    }
}
