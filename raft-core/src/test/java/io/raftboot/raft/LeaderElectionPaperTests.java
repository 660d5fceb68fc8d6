package io.raftboot.raft;

import static io.raftboot.raft.TestNode.messageFrom;
import static io.raftboot.raft.TestNodes.ELECTION_TICKS;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Leader election: sections 5.1 and 5.2 of the paper, 3.3 and 3.4 of the dissertation. */
class LeaderElectionPaperTests {
    private static TestNode nodeOf(int voters) {
        return new TestNode(voters, UnaryOperator.identity());
    }

    /** A node of three in one of the roles, in term 3. */
    private static TestNode inTermThree(RaftRole role) {
        TestNode node = new TestNode(3, role == RaftRole.FOLLOWER ? 3 : 2, new long[0], UnaryOperator.identity());
        switch (role) {
            case FOLLOWER, PRE_CANDIDATE -> {}
            case CANDIDATE -> node.campaign();
            case LEADER -> node.elect();
        }
        assertThat(node.term()).isEqualTo(3);
        assertThat(node.role()).isEqualTo(role);
        return node;
    }

    /** Section 5.1: if one server's current term is smaller than the other's, it updates it to the larger value. */
    @ParameterizedTest
    @EnumSource(
            value = RaftRole.class,
            names = {"FOLLOWER", "CANDIDATE", "LEADER"})
    void whoeverHearsOfAHigherTermTakesItAndFollows(RaftRole role) {
        TestNode node = inTermThree(role);

        node.step(
                messageFrom(2, MessageType.MSG_APP, 4).setIndex(SNAPSHOT_INDEX).setLogTerm(1));

        assertThat(node.term()).isEqualTo(4);
        assertThat(node.role()).isEqualTo(RaftRole.FOLLOWER);
        assertThat(node.leader()).isEqualTo(2);
    }

    /** Section 5.1: a server that receives a request with a stale term number rejects it. */
    @ParameterizedTest
    @EnumSource(
            value = RaftRole.class,
            names = {"FOLLOWER", "CANDIDATE", "LEADER"})
    void requestsOfAStaleTermAreOfNoEffect(RaftRole role) {
        TestNode node = inTermThree(role);
        long lastIndex = node.storage().lastIndex();

        for (MessageType type : List.of(MessageType.MSG_APP, MessageType.MSG_HEARTBEAT, MessageType.MSG_VOTE)) {
            List<Message> answers = node.step(messageFrom(2, type, 2)
                    .setIndex(SNAPSHOT_INDEX)
                    .setLogTerm(1)
                    .addEntries(TestEntries.entry(SNAPSHOT_INDEX + 1, 2)));

            assertThat(answers).noneMatch(answer -> answer.getTo() == 2 && !answer.getReject());
        }
        assertThat(node.term()).isEqualTo(3);
        assertThat(node.role()).isEqualTo(role);
        assertThat(node.storage().lastIndex()).isEqualTo(lastIndex);
    }

    /** Section 5.2: when servers start up, they begin as followers. */
    @Test
    void serversStartAsFollowers() {
        assertThat(nodeOf(3).role()).isEqualTo(RaftRole.FOLLOWER);
    }

    /** Section 5.2: a server remains in follower state as long as it receives valid messages from a leader. */
    @Test
    void followerStaysOneWhileItHearsFromItsLeader() {
        TestNode node = nodeOf(3);

        for (int i = 0; i < 10; i++) {
            node.tick(ELECTION_TICKS - 1);
            node.step(messageFrom(2, MessageType.MSG_HEARTBEAT, 1));
        }

        assertThat(node.role()).isEqualTo(RaftRole.FOLLOWER);
        assertThat(node.term()).isEqualTo(1);
    }

    /** Section 5.2: leaders send periodic heartbeats to all followers in order to maintain their authority. */
    @Test
    void leaderSendsHeartbeatsToAllFollowers() {
        TestNode node = nodeOf(5);
        node.elect();

        List<Message> sent = node.tick(TestNodes.HEARTBEAT_TICKS);

        assertThat(sent).allMatch(message -> message.getType() == MessageType.MSG_HEARTBEAT);
        assertThat(sent).extracting(Message::getTo).containsExactly(2L, 3L, 4L, 5L);
    }

    /** Section 5.2: it increments its term, votes for itself and asks each of the other servers for its vote. */
    @ParameterizedTest
    @EnumSource(
            value = RaftRole.class,
            names = {"FOLLOWER", "CANDIDATE"})
    void whoeverHearsNothingForAnElectionTimeoutBeginsAnElectionInANewTerm(RaftRole role) {
        TestNode node = inTermThree(role);

        List<Message> sent = node.tick(2 * ELECTION_TICKS - 1);

        assertThat(node.role()).isEqualTo(RaftRole.CANDIDATE);
        assertThat(node.term()).isEqualTo(4);
        assertThat(node.vote()).isEqualTo(TestNode.ID);
        assertThat(sent).extracting(Message::getType).containsOnly(MessageType.MSG_VOTE);
        assertThat(sent).extracting(Message::getTerm).containsOnly(4L);
        assertThat(sent).extracting(Message::getTo).containsExactly(2L, 3L);
    }

    /** Section 5.2: a candidate wins if it receives votes from a majority of the servers in the full cluster. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, LEADER",
        "3, 1, 0, LEADER",
        "3, 0, 0, CANDIDATE",
        "3, 0, 1, CANDIDATE",
        "3, 0, 2, FOLLOWER",
        "5, 1, 0, CANDIDATE",
        "5, 2, 0, LEADER",
        "5, 2, 2, LEADER",
        "5, 1, 2, CANDIDATE",
        "5, 1, 3, FOLLOWER",
        "5, 0, 3, FOLLOWER"
    })
    void candidateWinsWithAMajorityAndGivesUpWithoutHopeOfOne(int voters, int granted, int refused, RaftRole outcome) {
        TestNode node = nodeOf(voters);
        node.campaign();

        long voter = 2;
        for (int i = 0; i < granted + refused; i++) {
            node.step(messageFrom(voter, MessageType.MSG_VOTE_RESP, 1).setReject(i >= granted));
            voter++;
        }

        assertThat(node.role()).isEqualTo(outcome);
        assertThat(node.term()).isEqualTo(1);
    }

    /** Section 5.2: one vote for each server; hearing it twice makes no majority. */
    @Test
    void voteOfOneServerCountsOnce() {
        TestNode node = nodeOf(5);
        node.campaign();

        node.step(messageFrom(2, MessageType.MSG_VOTE_RESP, 1));
        node.step(messageFrom(2, MessageType.MSG_VOTE_RESP, 1));

        assertThat(node.role()).isEqualTo(RaftRole.CANDIDATE);
    }

    /** Section 5.2: each server votes for at most one candidate in a given term, first come, first served. */
    @ParameterizedTest
    @CsvSource({"0, 2, true", "0, 3, true", "2, 2, true", "3, 3, true", "2, 3, false", "3, 2, false"})
    void voteIsGivenOncePerTerm(long votedFor, long candidate, boolean granted) {
        TestNode node = nodeOf(3);
        if (votedFor != NodeIds.NONE) {
            node.step(voteRequest(votedFor, 1));
        }

        List<Message> answers = node.step(voteRequest(candidate, 1));

        assertThat(answers).singleElement().satisfies(answer -> {
            assertThat(answer.getType()).isEqualTo(MessageType.MSG_VOTE_RESP);
            assertThat(answer.getReject()).isEqualTo(!granted);
        });
    }

    /** Section 5.2: the vote is for a term; in the next one it is free again. */
    @Test
    void voteIsFreeAgainInTheNextTerm() {
        TestNode node = nodeOf(3);
        node.step(voteRequest(2, 1));

        assertThat(node.step(voteRequest(3, 2))).singleElement().satisfies(answer -> assertThat(answer.getReject())
                .isFalse());
        assertThat(node.vote()).isEqualTo(3);
    }

    /** Section 5.2: a leader's message of at least its own term makes a candidate recognise it; a lower one does not. */
    @ParameterizedTest
    @CsvSource({"2, CANDIDATE, 3", "3, FOLLOWER, 3", "4, FOLLOWER, 4"})
    void candidateRecognisesALeaderOfItsTermOrALaterOne(long leaderTerm, RaftRole role, long term) {
        TestNode node = inTermThree(RaftRole.CANDIDATE);

        node.step(messageFrom(2, MessageType.MSG_APP, leaderTerm)
                .setIndex(SNAPSHOT_INDEX)
                .setLogTerm(1));

        assertThat(node.role()).isEqualTo(role);
        assertThat(node.term()).isEqualTo(term);
    }

    /** Section 5.2: election timeouts are chosen randomly from a fixed interval, anew for each election. */
    @Test
    void electionTimeoutsAreSpreadOverTheWholeInterval() {
        Set<Integer> timeouts = new TreeSet<>();
        TestNode node = new TestNode(3, settings -> settings.random(new SplittableRandom(7)));

        for (int election = 0; election < 200; election++) {
            long term = node.term();
            int ticks = 0;
            while (node.term() == term) {
                node.tick(1);
                ticks++;
            }
            timeouts.add(ticks);
        }

        assertThat(timeouts).hasSize(ELECTION_TICKS);
        assertThat(timeouts).contains(ELECTION_TICKS, 2 * ELECTION_TICKS - 1);
        assertThat(timeouts).allMatch(ticks -> ticks >= ELECTION_TICKS && ticks < 2 * ELECTION_TICKS);
    }

    /** Section 5.2: with split votes the candidates time out and start anew; then one of them can win. */
    @Test
    void splitVoteIsResolvedInALaterTerm() {
        TestGroup group = new TestGroup(4);
        group.node(1).campaign();
        group.node(3).campaign();
        group.processReady(1);
        group.processReady(3);
        group.lose(message -> true);
        group.settle();
        assertThat(group.role(1)).isEqualTo(RaftRole.CANDIDATE);
        assertThat(group.role(3)).isEqualTo(RaftRole.CANDIDATE);

        group.heal();
        group.elect(3);

        assertThat(group.role(3)).isEqualTo(RaftRole.LEADER);
        assertThat(group.term(3)).isEqualTo(2);
        assertThat(group.leader(1)).isEqualTo(3);
    }

    private static Message.Builder voteRequest(long candidate, long term) {
        return messageFrom(candidate, MessageType.MSG_VOTE, term)
                .setIndex(SNAPSHOT_INDEX)
                .setLogTerm(1);
    }

    /** A vote is for one term. One that comes late, of a term in which this node has been a candidate before, is none. */
    @Test
    void voteOfAnEarlierTermIsNotCounted() {
        TestNode candidate = new TestNode(5, UnaryOperator.identity());
        candidate.campaign();
        long earlier = candidate.term();
        candidate.campaign();

        for (long voter = 2; voter <= 5; voter++) {
            candidate.step(messageFrom(voter, MessageType.MSG_VOTE_RESP, earlier));
        }
        assertThat(candidate.role()).isEqualTo(RaftRole.CANDIDATE);

        candidate.step(messageFrom(2, MessageType.MSG_VOTE_RESP, candidate.term()));
        candidate.step(messageFrom(3, MessageType.MSG_VOTE_RESP, candidate.term()));
        assertThat(candidate.role()).isEqualTo(RaftRole.LEADER);
    }
}
