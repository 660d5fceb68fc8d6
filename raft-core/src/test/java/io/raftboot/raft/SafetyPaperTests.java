package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestNode.messageFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Safety: section 5.4 of the paper, 3.6 of the dissertation. Logs begin behind a snapshot of index 10, term 1. */
class SafetyPaperTests {
    /**
     * Section 5.4.1: the voter denies its vote if its own log is more up-to-date: by the last entry's term first, then
     * by length. The voter's log here is of terms 2 and 3.
     */
    @ParameterizedTest
    @CsvSource({"3, 2, true", "3, 3, true", "4, 1, true", "3, 1, false", "2, 2, false", "2, 9, false", "1, 0, false"})
    void voteIsDeniedToALogThatIsBehind(long lastTerm, int length, boolean granted) {
        TestNode voter = new TestNode(3, 4, new long[] {2, 3}, UnaryOperator.identity());

        List<Message> answers = voter.step(
                messageFrom(2, MessageType.MSG_VOTE, 5).setIndex(BASE + length).setLogTerm(lastTerm));

        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.getReject())
                .isEqualTo(!granted));
        assertThat(voter.vote()).isEqualTo(granted ? 2 : NodeIds.NONE);
    }

    /** Section 5.4.1: a candidate can't win unless its log contains all committed entries. */
    @Test
    void onlyWhoHoldsAllCommittedEntriesIsElected() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.cut(3);
        group.propose(1, "committed");

        group.cut(1);
        group.elect(3);
        assertThat(group.role(3)).isEqualTo(RaftRole.CANDIDATE);
        group.elect(2);

        assertThat(group.role(2)).isEqualTo(RaftRole.LEADER);
        assertThat(group.applied(3)).isEqualTo("committed");
    }

    /** Section 5.4.2: entries of previous terms are never committed by counting replicas. */
    @Test
    void entryOfAnEarlierTermIsCommittedOnlyByOneOfTheLeadersTerm() {
        TestNode leader = new TestNode(3, 3, new long[] {1, 2}, UnaryOperator.identity());
        leader.elect();

        leader.acknowledge(2, BASE + 2);
        leader.acknowledge(3, BASE + 2);
        assertThat(leader.commit()).isEqualTo(BASE);

        leader.acknowledge(2, BASE + 3);
        assertThat(leader.commit()).isEqualTo(BASE + 3);
        assertThat(leader.applied()).extracting(Entry::getTerm).containsExactly(1L, 2L, 4L);
    }

    /** Five servers as in figure 8 (c): S1 leads term 4, its entry of term 2 is on S2, S5 has one of term 3 there. */
    private static TestGroup figureEight() {
        return new TestGroup(5, 0, settings -> settings.maxSizePerMessageBytes(0))
                .withLog(1, 3, 2)
                .withLog(2, 3, 2)
                .withLog(3, 3)
                .withLog(4, 3)
                .withLog(5, 3, 3);
    }

    /** Section 5.4.2, figure 8 (c) and (d): an entry on a majority can still be overwritten, so it is not committed. */
    @Test
    void entryOfAnEarlierTermOnAMajorityCanStillBeOverwritten() {
        TestGroup group = figureEight();
        group.lose(message -> message.getFrom() == 5
                || message.getTo() == 5
                // Its entry of term 4 gets to nobody who has what comes before it.
                || (message.getEntriesList().stream().anyMatch(entry -> entry.getTerm() == 4)
                        && group.storage(message.getTo()).lastIndex() > BASE));
        group.elect(1);
        assertThat(group.term(1)).isEqualTo(4);
        assertThat(List.of(group.logTerms(2), group.logTerms(3), group.logTerms(4)))
                .as("replicated on a majority")
                .containsOnly(List.of(2L));
        assertThat(group.commit(1)).as("and not committed").isEqualTo(BASE);

        group.cut(1);
        group.elect(5);
        group.elect(5);

        assertThat(group.role(5)).isEqualTo(RaftRole.LEADER);
        group.heal();
        group.tick(5, TestNodes.HEARTBEAT_TICKS);
        group.settle();
        for (long id = 1; id <= 5; id++) {
            assertThat(group.logTerms(id)).containsExactly(3L, 5L);
            assertThat(group.commit(id)).isEqualTo(BASE + 2);
        }
    }

    /** Section 5.4.2, figure 8 (e): with an entry of its own term on a majority it is committed, and S5 can't win. */
    @Test
    void entryOfTheLeadersTermOnAMajorityIsThereForGood() {
        TestGroup group = figureEight();
        group.cut(5);
        group.elect(1);
        assertThat(group.commit(1)).isEqualTo(BASE + 2);

        group.cut(1);
        for (int i = 0; i < 3; i++) {
            group.elect(5);
        }

        assertThat(group.role(5)).isNotEqualTo(RaftRole.LEADER);
        group.elect(3);
        assertThat(group.role(3)).isEqualTo(RaftRole.LEADER);
        assertThat(group.logTerms(5).subList(0, 2)).containsExactly(2L, 4L);
    }

    /** Section 5.4.3: no server ever applies another entry at an index that one has applied. */
    @Test
    void serversApplyTheSameWhoeverLeads() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.propose(1, "a");
        group.cut(1);
        group.propose(1, "lost");
        group.elect(2);
        group.propose(2, "b");

        group.heal();
        group.tick(2, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(List.of(group.applied(1), group.applied(2), group.applied(3)))
                .containsOnly("ab");
    }

    /** Section 5.5: requests are idempotent; an append that arrives once more changes nothing. */
    @Test
    void requestThatArrivesTwiceDoesNoHarm() {
        TestNode follower = new TestNode(3, 1, new long[0], UnaryOperator.identity());
        Message.Builder append = messageFrom(2, MessageType.MSG_APP, 2)
                .setIndex(BASE)
                .setLogTerm(1)
                .setCommit(BASE + 1)
                .addEntries(TestEntries.entry(BASE + 1, 2))
                .addEntries(TestEntries.entry(BASE + 2, 2));

        List<Message> first = follower.step(append);
        List<Message> second = follower.step(append);

        // What is committed is not compared again: the answer then says how far that is.
        assertThat(first).singleElement().satisfies(answer -> assertThat(answer.getIndex())
                .isEqualTo(BASE + 2));
        assertThat(second).singleElement().satisfies(answer -> {
            assertThat(answer.getReject()).isFalse();
            assertThat(answer.getIndex()).isEqualTo(BASE + 1);
        });
        assertThat(follower.storage().lastIndex()).isEqualTo(BASE + 2);
        assertThat(follower.applied()).hasSize(1);
    }
}
