package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestNode.messageFrom;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Log replication: section 5.3 of the paper, 3.5 of the dissertation. Logs begin behind a snapshot of index 10, term 1. */
class LogReplicationPaperTests {
    private static final ByteString DATA = ByteString.copyFromUtf8("x");

    private static long[] terms(String text) {
        return text == null || text.isEmpty()
                ? new long[0]
                : Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** The leader appends the command to its log, then sends it to each of the other servers in parallel. */
    @Test
    void leaderAppendsAndSendsToAllBeforeItIsStored() throws Exception {
        TestNode leader = new TestNode(3, UnaryOperator.identity());
        leader.elect();
        leader.acknowledge(2, BASE + 1);
        leader.acknowledge(3, BASE + 1);
        leader.raw().propose(DATA);

        Ready ready = leader.raw().ready();

        assertThat(ready.entries()).extracting(Entry::getIndex).containsExactly(BASE + 2);
        assertThat(ready.messages()).extracting(Message::getTo).containsExactly(2L, 3L);
        assertThat(ready.messages()).allSatisfy(append -> {
            assertThat(append.getEntriesList()).isEqualTo(ready.entries());
            assertThat(append.getIndex()).isEqualTo(BASE + 1);
            assertThat(append.getLogTerm()).isEqualTo(leader.term());
        });
        assertThat(leader.storage().lastIndex()).isEqualTo(BASE + 1);
    }

    /** An entry is committed once the leader has replicated it on a majority of the servers, and then it is applied. */
    @ParameterizedTest
    @CsvSource({"1, 0, true", "3, 0, false", "3, 1, true", "5, 1, false", "5, 2, true", "5, 4, true"})
    void entryIsCommittedWhenAMajorityHoldsIt(int voters, int acknowledgements, boolean committed) {
        TestNode leader = new TestNode(voters, UnaryOperator.identity());
        leader.elect();

        LongStream.rangeClosed(2, acknowledgements + 1L).forEach(id -> leader.acknowledge(id, BASE + 1));

        assertThat(leader.commit()).isEqualTo(committed ? BASE + 1 : BASE);
        assertThat(leader.applied()).hasSize(committed ? 1 : 0);
    }

    /** This also commits all preceding entries in the leader's log, including those created by previous leaders. */
    @ParameterizedTest
    @CsvSource({"'2'", "'1 2'", "'2 3'", "'1'", "'1 1 2 3'"})
    void precedingEntriesOfEarlierLeadersAreCommittedWithIt(String previous) {
        TestNode leader = new TestNode(3, 3, terms(previous), UnaryOperator.identity());
        leader.elect();

        leader.acknowledge(2, leader.storage().lastIndex());

        assertThat(leader.applied())
                .extracting(Entry::getTerm)
                .containsExactlyElementsOf(LongStream.concat(LongStream.of(terms(previous)), LongStream.of(4))
                        .boxed()
                        .toList());
    }

    /** The leader keeps track of what is committed and says so in later messages, so that the others find out. */
    @Test
    void followersLearnWhatIsCommittedAndApplyItInLogOrder() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);

        group.propose(1, "a");
        group.propose(1, "b");
        group.propose(1, "c");

        assertThat(List.of(group.applied(1), group.applied(2), group.applied(3)))
                .containsOnly("abc");
        assertThat(List.of(group.commit(2), group.commit(3))).containsOnly(group.commit(1));
    }

    /** If followers crash or packets are lost, the leader retries until all followers store all entries. */
    @Test
    void leaderRetriesUntilAllFollowersHaveAllEntries() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.cut(3);
        group.propose(1, "a");
        group.propose(1, "b");
        assertThat(group.applied(2)).isEqualTo("ab");
        assertThat(group.applied(3)).isEmpty();

        group.heal();
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(group.applied(3)).isEqualTo("ab");
    }

    /**
     * The consistency check: a follower that has no entry with the index and term before the new ones refuses them. Its
     * log here is of terms 1 and 2.
     */
    @ParameterizedTest
    @CsvSource({"0, 1, false", "1, 1, false", "2, 2, false", "1, 2, true", "2, 1, true", "2, 3, true", "3, 3, true"})
    void followerRefusesEntriesWhosePredecessorItLacks(int offset, long term, boolean refused) {
        TestNode follower = new TestNode(3, 2, terms("1 2"), UnaryOperator.identity());

        List<Message> answers = follower.step(messageFrom(2, MessageType.MSG_APP, 3)
                .setIndex(BASE + offset)
                .setLogTerm(term)
                .addEntries(TestEntries.entry(BASE + offset + 1, 3)));

        assertThat(answers).singleElement().satisfies(answer -> {
            assertThat(answer.getReject()).isEqualTo(refused);
            assertThat(answer.getIndex()).isEqualTo(BASE + offset + (refused ? 0 : 1));
        });
        assertThat(follower.storage().lastIndex()).isEqualTo(refused ? BASE + 2 : BASE + offset + 1);
    }

    /**
     * Conflicting entries in the follower's log are overwritten with entries from the leader's; what agrees stays, and an
     * append that holds nothing new cuts nothing off.
     */
    @ParameterizedTest
    @CsvSource({
        "2, 2, '3', '1 2 3'",
        "1, 1, '3 4', '1 3 4'",
        "0, 1, '1', '1 2'",
        "0, 1, '3', '3'",
        "0, 1, '1 2', '1 2'",
        "0, 1, '1 2 3', '1 2 3'"
    })
    void conflictingEntriesAreReplacedByTheLeaders(int offset, long term, String sent, String expected)
            throws Exception {
        TestNode follower = new TestNode(3, 2, terms("1 2"), UnaryOperator.identity());
        Message.Builder append =
                messageFrom(2, MessageType.MSG_APP, 4).setIndex(BASE + offset).setLogTerm(term);
        for (long entryTerm : terms(sent)) {
            append.addEntries(TestEntries.entry(BASE + offset + append.getEntriesCount() + 1, entryTerm));
        }

        follower.step(append);

        assertThat(follower.storage().entries(BASE + 1, follower.storage().lastIndex() + 1, RaftConfig.NO_LIMIT))
                .extracting(Entry::getTerm)
                .containsExactlyElementsOf(
                        LongStream.of(terms(expected)).boxed().toList());
    }

    /**
     * Figure 7: whatever a follower's log looks like when a leader of term 8 comes to power, it becomes the leader's;
     * the leader only has to find the last place where both agree.
     */
    @ParameterizedTest
    @CsvSource({
        "'1 1 1 4 4 5 5 6 6'",
        "'1 1 1 4'",
        "'1 1 1 4 4 5 5 6 6 6 6'",
        "'1 1 1 4 4 5 5 6 6 6 7 7'",
        "'1 1 1 4 4 4 4'",
        "'1 1 1 2 2 2 3 3 3 3 3'"
    })
    void everyLogOfFigureSevenBecomesTheLeaders(String followerLog) {
        long[] leaderLog = terms("1 1 1 4 4 5 5 6 6 6");
        TestGroup group = new TestGroup(3)
                .withLog(1, 7, leaderLog)
                .withLog(2, 7, terms(followerLog))
                .withLog(3, 7, leaderLog);

        group.elect(1);

        List<Long> expected = LongStream.concat(LongStream.of(leaderLog), LongStream.of(8))
                .boxed()
                .toList();
        assertThat(group.logTerms(1)).as("a leader never overwrites its own").isEqualTo(expected);
        assertThat(group.logTerms(2)).isEqualTo(expected);
        assertThat(group.logTerms(3)).isEqualTo(expected);
    }

    /** The protocol can be optimized to reduce the number of rejected appends: one for each conflicting term. */
    @Test
    void leaderProbesOncePerConflictingTermAtMost() {
        TestGroup group = new TestGroup(3)
                .withLog(1, 7, terms("1 1 1 4 4 4 4 5 5 6 6 6"))
                .withLog(2, 7, terms("1 1 1 2 2 2 2 2 3 3 3 3 3 3 3 3 3 3"))
                .withLog(3, 7, terms("1 1 1 4 4 4 4 5 5 6 6 6"));
        int[] refusals = {0};
        group.lose(message -> {
            if (message.getFrom() == 2 && message.getType() == MessageType.MSG_APP_RESP && message.getReject()) {
                refusals[0]++;
            }
            return false;
        });

        group.elect(1);

        assertThat(group.logTerms(2)).isEqualTo(group.logTerms(1));
        assertThat(refusals[0]).isBetween(1, 2);
    }
}
