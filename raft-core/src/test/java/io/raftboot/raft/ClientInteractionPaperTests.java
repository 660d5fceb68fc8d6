package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestGroup.ELECTION_TICKS;
import static io.raftboot.raft.TestNode.messageFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Client interaction: chapter 6 of the dissertation, section 8 of the paper. */
class ClientInteractionPaperTests {
    private static final ByteString READ = ByteString.copyFromUtf8("read");

    /** A leader of three that has committed the first entry of its term. */
    private static TestNode leader(UnaryOperator<RaftConfig.Builder> settings) {
        TestNode leader = new TestNode(3, settings);
        leader.elect();
        leader.acknowledge(2, BASE + 1);
        assertThat(leader.commit()).isEqualTo(BASE + 1);
        return leader;
    }

    /** Takes one Ready after the other, and collects the reads that are answered. */
    private static List<ReadState> readStates(TestNode node, List<Message> sent) {
        List<ReadState> states = new ArrayList<>();
        while (node.raw().hasReady()) {
            Ready ready = node.raw().ready();
            TestNodes.store(ready, node.storage());
            states.addAll(ready.readStates());
            sent.addAll(ready.messages());
            node.raw().advance();
        }
        return states;
    }

    /** Section 6.1: a follower that is asked brings the request to the leader. */
    @Test
    void followerForwardsWhatClientsAsk() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);

        group.propose(2, "by way of 2");

        assertThat(group.applied(3)).isEqualTo("by way of 2");
    }

    /** Section 6.2: a leader steps down if an election timeout elapses without a round of heartbeats to a majority. */
    @Test
    void leaderThatReachesNoMajorityStepsDown() {
        TestNode leader = leader(settings -> settings.checkQuorum(true));
        leader.tick(ELECTION_TICKS);
        leader.step(messageFrom(3, MessageType.MSG_HEARTBEAT_RESP, 1));
        leader.tick(ELECTION_TICKS);
        assertThat(leader.role()).as("one answer is a majority").isEqualTo(RaftRole.LEADER);

        leader.tick(ELECTION_TICKS);

        assertThat(leader.role()).isEqualTo(RaftRole.FOLLOWER);
        assertThatThrownBy(() -> leader.raw().propose(READ)).isInstanceOf(ProposalDroppedException.class);
    }

    /** Section 6.4, step 1: a leader commits an entry of its term, a no-op, before it knows what is committed. */
    @Test
    void readWaitsForTheFirstEntryOfTheTerm() throws Exception {
        TestNode leader = new TestNode(3, 3, new long[] {2, 3}, UnaryOperator.identity());
        leader.elect();
        List<Message> sent = new ArrayList<>();
        leader.raw().readIndex(READ);
        assertThat(readStates(leader, sent)).isEmpty();
        assertThat(sent).as("not even a round").isEmpty();

        leader.raw()
                .step(messageFrom(2, MessageType.MSG_APP_RESP, 4)
                        .setIndex(BASE + 3)
                        .build());
        readStates(leader, sent);
        Message heartbeat = firstHeartbeat(sent);
        leader.raw().step(heartbeatResponse(2, heartbeat));

        assertThat(readStates(leader, sent)).containsExactly(new ReadState(BASE + 3, READ));
    }

    /** Section 6.4, steps 2 and 3: the commit index at arrival, after a round of heartbeats that a majority answers. */
    @Test
    void readIsAnsweredAfterARoundWithTheIndexOfItsArrival() throws Exception {
        TestNode leader = leader(UnaryOperator.identity());
        List<Message> sent = new ArrayList<>();
        leader.raw().readIndex(READ);
        assertThat(readStates(leader, sent)).isEmpty();
        Message heartbeat = firstHeartbeat(sent);
        leader.raw().propose(READ);
        readStates(leader, sent);
        leader.raw()
                .step(messageFrom(2, MessageType.MSG_APP_RESP, 1)
                        .setIndex(BASE + 2)
                        .build());
        assertThat(readStates(leader, sent)).isEmpty();

        leader.raw().step(heartbeatResponse(2, heartbeat));

        assertThat(leader.commit()).isEqualTo(BASE + 2);
        assertThat(readStates(leader, sent)).containsExactly(new ReadState(BASE + 1, READ));
    }

    /** Section 6.4: a heartbeat that was sent before the read arrived proves nothing for it. */
    @Test
    void answerToAnEarlierHeartbeatConfirmsNoRead() throws Exception {
        TestNode leader = leader(UnaryOperator.identity());
        Message earlier = leader.tick(1).get(0);
        leader.raw().readIndex(READ);
        List<Message> sent = new ArrayList<>();
        readStates(leader, sent);

        leader.raw().step(heartbeatResponse(2, earlier));
        assertThat(readStates(leader, sent)).isEmpty();

        leader.raw().step(heartbeatResponse(3, firstHeartbeat(sent)));
        assertThat(readStates(leader, sent)).hasSize(1);
    }

    /** Section 6.4: a majority of the voters; who has no vote says nothing of who leads. */
    @Test
    void learnersConfirmNoRead() throws Exception {
        TestNode leader = leader(UnaryOperator.identity());
        leader.raw()
                .applyConfChange(ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("l4"))
                        .build());
        leader.raw()
                .applyConfChange(ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("l5"))
                        .build());
        leader.raw().readIndex(READ);
        List<Message> sent = new ArrayList<>();
        readStates(leader, sent);
        Message heartbeat = firstHeartbeat(sent);

        leader.raw().step(heartbeatResponse(4, heartbeat));
        leader.raw().step(heartbeatResponse(5, heartbeat));
        assertThat(readStates(leader, sent)).isEmpty();

        leader.raw().step(heartbeatResponse(3, heartbeat));
        assertThat(readStates(leader, sent)).hasSize(1);
    }

    /** Section 6.4: a leader that has been replaced without knowing it does not answer from its old state. */
    @Test
    void deposedLeaderAnswersNoReads() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.cut(1);
        group.elect(2);
        group.propose(2, "new");

        group.node(1).readIndex(READ);
        List<ReadState> states = new ArrayList<>();
        while (group.node(1).hasReady()) {
            states.addAll(group.node(1).ready().readStates());
            group.node(1).advance();
        }

        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
        assertThat(states).isEmpty();
    }

    /** Section 6.4: a follower asks the leader for an index, and reads by itself when it has applied that. */
    @Test
    void followerReadsAtTheIndexOfItsLeader() throws Exception {
        TestNode follower = new TestNode(3, UnaryOperator.identity());
        follower.step(messageFrom(2, MessageType.MSG_HEARTBEAT, 1));
        List<Message> sent = new ArrayList<>();
        follower.raw().readIndex(READ);
        readStates(follower, sent);
        Message question = sent.get(0);
        assertThat(question.getTo()).isEqualTo(2);

        follower.raw()
                .step(messageFrom(2, MessageType.MSG_READ_INDEX_RESP, 1)
                        .setIndex(BASE + 4)
                        .addAllEntries(question.getEntriesList())
                        .build());

        assertThat(readStates(follower, sent)).containsExactly(new ReadState(BASE + 4, READ));
    }

    /** Section 6.4.1: within its lease a leader answers without a round. */
    @Test
    void leaseAnswersWithoutARound() {
        TestNode leader = leader(settings -> settings.checkQuorum(true).readOnlyOption(ReadOnlyOption.LEASE_BASED));
        List<Message> sent = new ArrayList<>();

        leader.raw().readIndex(READ);

        assertThat(readStates(leader, sent)).containsExactly(new ReadState(BASE + 1, READ));
        assertThat(sent).isEmpty();
    }

    private static Message firstHeartbeat(List<Message> sent) {
        return sent.stream()
                .filter(message -> message.getType() == MessageType.MSG_HEARTBEAT)
                .findFirst()
                .orElseThrow();
    }

    private static Message heartbeatResponse(long member, Message heartbeat) {
        return messageFrom(member, MessageType.MSG_HEARTBEAT_RESP, heartbeat.getTerm())
                .setContext(heartbeat.getContext())
                .build();
    }
}
