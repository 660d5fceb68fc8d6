package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestGroup.ELECTION_TICKS;
import static io.raftboot.raft.TestNode.messageFrom;
import static io.raftboot.raft.proto.ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO;
import static io.raftboot.raft.proto.ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cluster membership changes: chapter 4 of the dissertation, section 6 of the paper. */
class MembershipPaperTests {
    private static TrackerConfig configOf(TestGroup group, long id) {
        return group.node(id).status().config();
    }

    /** Section 4.1: only one server is added or removed at a time, so that majorities before and after overlap. */
    @ParameterizedTest
    @CsvSource({"v4, true", "r3, true", "l4, true", "'v4 v5', false", "'v4 r3', false", "'r2 r3', false"})
    void changeOfMoreThanOneVoterIsNoSimpleChange(String changes, boolean simple) {
        ConfChangeV2 change = ConfChangeV2.newBuilder()
                .addAllChanges(ConfChanges.parse(changes))
                .build();

        assertThat(ConfChanges.jointExit(change) == null).isEqualTo(simple);
    }

    /** Section 4.1: a change can be started only after the previous one is committed (here: applied). */
    @Test
    void nextChangeWaitsForThePreviousOne() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.cut(2, 3);
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "l4");
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "l5");

        group.heal();
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();
        assertThat(configOf(group, 2)).hasToString("voters=(1 2 3) learners=(4)");

        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "l5");
        assertThat(configOf(group, 2)).hasToString("voters=(1 2 3) learners=(4 5)");
    }

    /**
     * Section 4.1 with the correction that followed it: a new leader takes no change before it knows that none of its
     * predecessor's is left over.
     */
    @Test
    void newLeaderTakesNoChangeBeforeItHasAppliedItsPredecessorsEntries() {
        TestNode leader = new TestNode(3, 1, new long[] {1}, settings -> settings);
        leader.elect();
        ConfChangeV2 change =
                ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse("l4")).build();

        assertThat(proposedType(leader, change)).as("before").isEqualTo("EntryNormal \"\"");
        leader.acknowledge(2, leader.storage().lastIndex());
        assertThat(proposedType(leader, change)).as("after").isEqualTo("EntryConfChangeV2 l4");
    }

    private static String proposedType(TestNode leader, ConfChangeV2 change) {
        try {
            leader.raw().proposeConfChange(change);
            leader.settle();
            long last = leader.storage().lastIndex();
            String text = Describe.entry(leader.storage()
                    .entries(last, last + 1, RaftConfig.NO_LIMIT)
                    .get(0));
            return text.substring(text.indexOf("Entry"));
        } catch (RaftException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Section 4.2.1: a new server joins without a vote, so that an empty log does not delay what the others commit. */
    @Test
    void learnerCatchesUpWithoutCountingForAQuorum() throws Exception {
        TestGroup group = new TestGroup(2, 1, settings -> settings);
        group.elect(1);
        group.cut(3);
        group.propose(1, "a");
        assertThat(group.applied(1)).as("not needed").isEqualTo("a");
        group.cut(2);
        group.propose(1, "b");
        assertThat(group.applied(3)).as("it has all").isEqualTo("a");
        assertThat(group.logTerms(3)).hasSize(3);
        assertThat(group.applied(1)).as("and does not count").isEqualTo("a");

        group.heal();
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "v3");
        group.cut(2);
        group.propose(1, "c");

        assertThat(group.applied(1)).as("promoted, it counts").isEqualTo("abc");
    }

    /** Section 4.2.1: a learner does not campaign, and none is made leader. */
    @Test
    void learnerNeverLeads() {
        TestGroup group = new TestGroup(1, 1, settings -> settings);
        group.elect(1);

        group.tick(2, 10 * ELECTION_TICKS);
        group.settle();
        group.node(1).transferLeadership(2);
        group.settle();

        assertThat(group.role(2)).isEqualTo(RaftRole.FOLLOWER);
        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
    }

    /**
     * Section 4.2.2: a leader that is removed steps down when that is committed; until then it manages a group that it is
     * no member of, and does not count itself.
     */
    @Test
    void removedLeaderStepsDownWhenItsRemovalIsInForce() throws Exception {
        TestGroup group = new TestGroup(3, 0, settings -> settings.stepDownOnRemoval(true));
        group.elect(1);
        group.cut(2, 3);
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "r1");
        assertThat(group.role(1)).as("not committed yet").isEqualTo(RaftRole.LEADER);

        group.heal();
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();
        assertThat(group.role(1)).isEqualTo(RaftRole.FOLLOWER);

        group.elect(1);
        assertThat(group.role(1)).as("it is no candidate any more").isEqualTo(RaftRole.FOLLOWER);
        group.elect(2);
        assertThat(group.role(2)).isEqualTo(RaftRole.LEADER);
        assertThat(configOf(group, 2)).hasToString("voters=(2 3)");
    }

    /**
     * Section 4.2.2: a leader that is demoted has more in its log than the other voter, which holds the change and can't know that it
     * is committed. It needs the vote of the demoted one, whose log is longer, and gets what it needs from the refusal.
     */
    @Test
    void voterLearnsFromTheRefusalOfADemotedLeaderThatItNeedsNoOtherVote() throws Exception {
        TestGroup group =
                new TestGroup(2, 0, settings -> settings.stepDownOnRemoval(true).commitByVote(true));
        group.elect(1);
        long change = group.commit(1) + 1;
        group.lose(message -> message.getFrom() == 1
                && (message.getCommit() >= change || message.getIndex() + message.getEntriesCount() > change));
        group.node(1)
                .proposeConfChange(ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("l1"))
                        .build());
        group.node(1).propose(ByteString.copyFromUtf8("x"));
        group.settle();
        assertThat(group.role(1)).as("its demotion is in force").isEqualTo(RaftRole.FOLLOWER);
        assertThat(group.commit(1)).isEqualTo(change);
        assertThat(group.commit(2)).isLessThan(change);
        group.heal();

        group.elect(2);
        assertThat(group.commit(2)).isEqualTo(change);
        group.elect(2);

        assertThat(group.role(2)).isEqualTo(RaftRole.LEADER);
    }

    /** Section 4.2.2: a leader that is no member takes no new requests. */
    @Test
    void leaderThatIsNoMemberTakesNoProposals() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "r1");

        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
        assertThatThrownBy(() -> group.node(1).propose(ByteString.EMPTY))
                .isInstanceOfSatisfying(ProposalDroppedException.class, dropped -> assertThat(dropped.reason())
                        .isEqualTo(ProposalDroppedException.Reason.NOT_IN_CONFIGURATION));
    }

    /** Section 4.2.3: a vote request within the shortest election timeout of hearing from a leader changes nothing. */
    @Test
    void removedServerCanNotDepose() {
        TestNode follower = new TestNode(3, settings -> settings.checkQuorum(true));
        Message.Builder request =
                messageFrom(9, MessageType.MSG_VOTE, 7).setIndex(BASE + 5).setLogTerm(5);
        follower.step(messageFrom(2, MessageType.MSG_HEARTBEAT, 1));

        assertThat(follower.step(request)).isEmpty();
        assertThat(follower.term()).isEqualTo(1);

        follower.raw().raft().timer().pinTimeout(2 * ELECTION_TICKS);
        follower.tick(ELECTION_TICKS);
        assertThat(follower.step(request)).singleElement().satisfies(answer -> assertThat(answer.getReject())
                .isFalse());
    }

    /** Section 4.3: in the joint configuration entries need separate majorities of both. */
    @ParameterizedTest
    @CsvSource({"'2', false", "'2 3', false", "'4 5', false", "'2 4', true", "'3 5', true"})
    void jointConfigurationCommitsWithBothMajoritiesOnly(String reachable, boolean committed) throws Exception {
        TestGroup group = jointGroup();
        List<Long> ids =
                List.of(reachable.split(" ")).stream().map(Long::valueOf).toList();
        group.lose(message -> message.getFrom() != 1 && !ids.contains(message.getFrom()));

        group.propose(1, "x");

        assertThat(group.applied(1)).isEqualTo(committed ? "x" : "");
    }

    /** Section 4.3: ... and so do elections. */
    @ParameterizedTest
    @CsvSource({"'2', false", "'2 3', false", "'4 5', false", "'2 4', true", "'3 5', true"})
    void jointConfigurationElectsWithBothMajoritiesOnly(String reachable, boolean elected) throws Exception {
        TestGroup group = jointGroup();
        List<Long> ids =
                List.of(reachable.split(" ")).stream().map(Long::valueOf).toList();
        group.node(1).stepDown();
        group.lose(message -> message.getFrom() != 1 && !ids.contains(message.getFrom()));

        group.elect(1);

        assertThat(group.role(1)).isEqualTo(elected ? RaftRole.LEADER : RaftRole.CANDIDATE);
    }

    /** Section 4.3: once the joint configuration is committed, the new one follows; nothing else before. */
    @Test
    void jointConfigurationIsLeftBeforeAnythingElseChanges() throws Exception {
        TestGroup group = jointGroup();
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "v2");
        assertThat(configOf(group, 1)).hasToString("voters=(1 4 5)&&(1 2 3)");

        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "");

        assertThat(configOf(group, 1)).hasToString("voters=(1 4 5)");
        assertThat(configOf(group, 5)).hasToString("voters=(1 4 5)");
    }

    /** Voters 1, 2 and 3, led by 1, on their way to 1, 4 and 5. */
    private static TestGroup jointGroup() throws ProposalDroppedException {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.addEmptyNode();
        group.addEmptyNode();
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "l4");
        group.change(1, CONF_CHANGE_TRANSITION_AUTO, "l5");
        group.change(1, CONF_CHANGE_TRANSITION_JOINT_EXPLICIT, "v4 v5 r2 r3");
        assertThat(configOf(group, 1)).hasToString("voters=(1 4 5)&&(1 2 3)");
        return group;
    }
}
