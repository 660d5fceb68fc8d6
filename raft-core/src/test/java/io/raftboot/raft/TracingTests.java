package io.raftboot.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.TraceEvent.Kind;
import io.raftboot.raft.TraceEvent.NewVoters;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.quorum.IdSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a trace logger is told, and when, after etcd's state_trace.go and the places that call it. */
class TracingTests {
    private final List<TraceEvent> events = new ArrayList<>();

    private TestGroup group(int voters) {
        return new TestGroup(voters, 0, settings -> settings.traceLogger(events::add));
    }

    private TestGroup groupLedBy1() {
        TestGroup group = group(3);
        group.elect(1);
        events.clear();
        return group;
    }

    /** Node, kind, and for messages what it is and its way. */
    private static String line(TraceEvent event) {
        Message message = event.message();
        String what = event.nodeId() + " " + LogText.name(event.kind());
        return message == null
                ? what
                : "%s %s %d->%d".formatted(what, LogText.name(message.getType()), message.getFrom(), message.getTo());
    }

    private String lines(Predicate<TraceEvent> which) {
        return events.stream().filter(which).map(event -> line(event) + "\n").collect(Collectors.joining());
    }

    private TraceEvent only(Predicate<TraceEvent> which) {
        List<TraceEvent> found = events.stream().filter(which).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void startIsTracedBeforeTheStoredStateIsLoaded() {
        new TestNode(2, 3, new long[] {2, 3}, settings -> settings.traceLogger(events::add));

        assertThat(events.stream().map(TraceEvent::toJson))
                .containsExactly(
                        "{\"name\":\"InitState\",\"nid\":\"1\",\"state\":{\"term\":0,\"vote\":\"0\",\"commit\":10},"
                                + "\"role\":\"StateFollower\",\"log\":12,\"conf\":[[],[]]}",
                        "{\"name\":\"ApplyConfChange\",\"nid\":\"1\",\"state\":{\"term\":0,\"vote\":\"0\",\"commit\":10},"
                                + "\"role\":\"StateFollower\",\"log\":12,\"conf\":[[],[]],"
                                + "\"prop\":{\"cc\":{\"newconf\":[\"1\",\"2\"]}}}",
                        "{\"name\":\"BecomeFollower\",\"nid\":\"1\",\"state\":{\"term\":3,\"vote\":\"0\",\"commit\":10},"
                                + "\"role\":\"StateFollower\",\"log\":12,\"conf\":[[\"1\",\"2\"],[]]}");
    }

    @Test
    void electionIsTracedInOrder() {
        TestGroup group = group(3);
        events.clear();
        group.cut(3);

        group.elect(1);

        assertThat(lines(event -> true))
                .isEqualTo(
                        """
                        1 BecomeCandidate
                        1 SendRequestVoteResponse MsgVoteResp 1->1
                        1 SendRequestVoteRequest MsgVote 1->2
                        1 SendRequestVoteRequest MsgVote 1->3
                        1 Ready
                        1 ReceiveRequestVoteResponse MsgVoteResp 1->1
                        2 ReceiveRequestVoteRequest MsgVote 1->2
                        2 BecomeFollower
                        2 SendRequestVoteResponse MsgVoteResp 2->1
                        2 Ready
                        1 ReceiveRequestVoteResponse MsgVoteResp 2->1
                        1 BecomeLeader
                        1 Replicate
                        1 SendAppendEntriesResponse MsgAppResp 1->1
                        1 SendAppendEntriesRequest MsgApp 1->2
                        1 SendAppendEntriesRequest MsgApp 1->3
                        1 Ready
                        1 ReceiveAppendEntriesResponse MsgAppResp 1->1
                        1 Commit
                        2 ReceiveAppendEntriesRequest MsgApp 1->2
                        2 SendAppendEntriesResponse MsgAppResp 2->1
                        2 Ready
                        1 ReceiveAppendEntriesResponse MsgAppResp 2->1
                        1 Commit
                        1 SendAppendEntriesRequest MsgApp 1->2
                        1 Ready
                        2 ReceiveAppendEntriesRequest MsgApp 1->2
                        2 SendAppendEntriesResponse MsgAppResp 2->1
                        2 Ready
                        1 ReceiveAppendEntriesResponse MsgAppResp 2->1
                        """);
    }

    @Test
    void preVotesAreNotTraced() {
        TestGroup group = new TestGroup(3, 0, settings -> settings.preVote(true).traceLogger(events::add));
        events.clear();

        group.node(1).campaign();
        group.processReady(1);

        assertThat(lines(event -> true)).isEqualTo("1 Ready\n");
        group.settle();
        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
        assertThat(events).noneMatch(event -> line(event).contains("PreVote"));
    }

    @Test
    void entryIsTracedOnItsWayToTheCommit() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();
        group.cut(3);

        group.propose(1, "a");

        assertThat(lines(event -> true))
                .isEqualTo(
                        """
                        1 Replicate
                        1 SendAppendEntriesResponse MsgAppResp 1->1
                        1 SendAppendEntriesRequest MsgApp 1->2
                        1 SendAppendEntriesRequest MsgApp 1->3
                        1 Ready
                        1 ReceiveAppendEntriesResponse MsgAppResp 1->1
                        1 Commit
                        2 ReceiveAppendEntriesRequest MsgApp 1->2
                        2 SendAppendEntriesResponse MsgAppResp 2->1
                        2 Ready
                        1 ReceiveAppendEntriesResponse MsgAppResp 2->1
                        1 Commit
                        1 SendAppendEntriesRequest MsgApp 1->2
                        1 SendAppendEntriesRequest MsgApp 1->3
                        1 Ready
                        2 ReceiveAppendEntriesRequest MsgApp 1->2
                        2 SendAppendEntriesResponse MsgAppResp 2->1
                        2 Ready
                        1 ReceiveAppendEntriesResponse MsgAppResp 2->1
                        """);
    }

    @Test
    void heartbeatsCountAsAppends() {
        TestGroup group = groupLedBy1();
        group.cut(3);

        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(lines(event -> true))
                .isEqualTo(
                        """
                        1 SendAppendEntriesRequest MsgHeartbeat 1->2
                        1 SendAppendEntriesRequest MsgHeartbeat 1->3
                        1 Ready
                        2 ReceiveAppendEntriesRequest MsgHeartbeat 1->2
                        2 SendAppendEntriesResponse MsgHeartbeatResp 2->1
                        2 Ready
                        1 ReceiveAppendEntriesResponse MsgHeartbeatResp 2->1
                        """);
    }

    @Test
    void eachNormalEntryOfAProposalIsOneReplicate() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();

        group.node(1).propose(List.of(Entry.getDefaultInstance(), Entry.getDefaultInstance()));

        assertThat(lines(event -> event.kind() == Kind.REPLICATE)).isEqualTo("1 Replicate\n1 Replicate\n");
        assertThat(events.get(1).lastIndex()).as("not in the log yet").isEqualTo(TestGroup.BASE + 1);
    }

    @Test
    void configurationChangeIsTracedWhenItIsProposedAndWhenItIsApplied() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();

        group.change(1, ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO, "r3");

        assertThat(lines(event -> event.nodeId() == 1 && event.message() == null))
                .isEqualTo(
                        """
                        1 ChangeConf
                        1 Ready
                        1 Commit
                        1 Commit
                        1 Commit
                        1 Ready
                        1 ApplyConfChange
                        1 Commit
                        """);
        assertThat(only(event -> event.kind() == Kind.CHANGE_CONF).toJson())
                .isEqualTo("{\"name\":\"ChangeConf\",\"nid\":\"1\",\"state\":{\"term\":1,\"vote\":\"1\",\"commit\":11},"
                        + "\"role\":\"StateLeader\",\"log\":11,\"conf\":[[\"1\",\"2\",\"3\"],[]],"
                        + "\"prop\":{\"cc\":{\"changes\":[{\"nid\":\"3\",\"action\":\"RemoveServer\"}]}}}");
        TraceEvent applied = only(event -> event.kind() == Kind.APPLY_CONF_CHANGE && event.nodeId() == 1);
        assertThat(applied.voters().ids()).as("the former ones").isEqualTo(IdSet.of(1, 2, 3));
        assertThat(applied.detail()).isEqualTo(new NewVoters(IdSet.of(1, 2)));
    }

    @Test
    void jointConfigurationShowsBothHalves() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();

        group.change(1, ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT, "r3 l4 u2");

        assertThat(only(event -> event.kind() == Kind.CHANGE_CONF).toJson())
                .endsWith("\"prop\":{\"cc\":{\"changes\":[{\"nid\":\"3\",\"action\":\"RemoveServer\"},"
                        + "{\"nid\":\"4\",\"action\":\"AddLearner\"}]}}}");
        assertThat(only(event -> event.kind() == Kind.APPLY_CONF_CHANGE && event.nodeId() == 1)
                        .detail())
                .as("the incoming half")
                .isEqualTo(new NewVoters(IdSet.of(1, 2)));
        assertThat(events.get(events.size() - 1).toJson()).contains("\"conf\":[[\"1\",\"2\"],[\"1\",\"2\",\"3\"]]");
    }

    @Test
    void changeThatLeavesTheMembersAsTheyAreIsNoChangeOfTheConfiguration() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();

        group.change(1, ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO, "u2");

        assertThat(events).noneMatch(event -> event.kind() == Kind.CHANGE_CONF);
        assertThat(events).anyMatch(event -> event.kind() == Kind.APPLY_CONF_CHANGE);
    }

    @Test
    void changeThatIsRefusedIsAnEntryLikeAnyOther() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();
        ConfChangeV2 leave = ConfChangeV2.getDefaultInstance();

        group.node(1).proposeConfChange(leave);

        assertThat(events.get(0).kind()).isEqualTo(Kind.REPLICATE);
        assertThat(events).noneMatch(event -> event.kind() == Kind.CHANGE_CONF);
    }

    @Test
    void snapshotCountsAsAnAppendOfAllThatItCovers() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();
        long added = group.addEmptyNode();

        group.change(1, ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO, "v4");
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(lines(event -> event.nodeId() == added
                        || (event.message() != null && event.message().getType() == MessageType.MSG_SNAP)))
                .isEqualTo(
                        """
                        4 InitState
                        4 ApplyConfChange
                        4 BecomeFollower
                        4 ReceiveAppendEntriesRequest MsgApp 1->4
                        4 BecomeFollower
                        4 SendAppendEntriesResponse MsgAppResp 4->1
                        4 Ready
                        1 SendAppendEntriesRequest MsgSnap 1->4
                        4 ReceiveAppendEntriesRequest MsgSnap 1->4
                        4 ApplyConfChange
                        4 SendAppendEntriesResponse MsgAppResp 4->1
                        4 Ready
                        4 ReceiveAppendEntriesRequest MsgHeartbeat 1->4
                        4 SendAppendEntriesResponse MsgHeartbeatResp 4->1
                        4 Ready
                        """);
        assertThat(only(event -> event.nodeId() == 1
                                && event.message() != null
                                && event.message().getType() == MessageType.MSG_SNAP)
                        .toJson())
                .isEqualTo("{\"name\":\"SendAppendEntriesRequest\",\"nid\":\"1\","
                        + "\"state\":{\"term\":1,\"vote\":\"1\",\"commit\":12},"
                        + "\"role\":\"StateLeader\",\"log\":12,\"conf\":[[\"1\",\"2\",\"3\",\"4\"],[]],"
                        + "\"msg\":{\"type\":\"MsgSnap\",\"term\":1,\"from\":\"1\",\"to\":\"4\",\"entries\":12,"
                        + "\"logTerm\":0,\"index\":0,\"commit\":0,\"vote\":\"0\",\"reject\":false,\"rejectHint\":0}}");
    }

    @Test
    void leaderThatWasRemovedHasNoProgressToShow() throws ProposalDroppedException {
        TestGroup group = groupLedBy1();
        group.change(1, ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO, "r1");
        events.clear();
        // It goes on until another is elected; an unreachable follower is probed anew.
        group.node(1).reportUnreachable(2);

        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
        TraceEvent sent = only(event ->
                event.message() != null && event.message().getType() == MessageType.MSG_APP && event.nodeId() == 1);
        assertThat(sent.detail()).isNull();
        assertThat(sent.toJson()).doesNotContain("prop");
    }

    @Test
    void sameInputLeadsToTheSameTrace() throws ProposalDroppedException {
        List<TraceEvent> first = traceOfALongerStory();
        List<TraceEvent> second = traceOfALongerStory();

        assertThat(second).isEqualTo(first);
        EnumSet<Kind> never = EnumSet.of(Kind.SEND_SNAPSHOT, Kind.RECEIVE_SNAPSHOT);
        assertThat(first.stream().map(TraceEvent::kind).distinct())
                .as("all that can happen")
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(never));
    }

    private static List<TraceEvent> traceOfALongerStory() throws ProposalDroppedException {
        List<TraceEvent> trace = new ArrayList<>();
        TestGroup group = new TestGroup(3, 0, settings -> settings.traceLogger(trace::add));
        group.addEmptyNode();
        for (int tick = 0; tick < 2 * TestGroup.ELECTION_TICKS; tick++) {
            for (long id = 1; id <= 3; id++) {
                group.tick(id, 1);
            }
            group.settle();
        }
        long leader = group.leader(1);
        group.propose(leader, "a");
        group.change(leader, ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO, "v4");
        group.tick(leader, TestNodes.HEARTBEAT_TICKS);
        group.settle();
        return trace;
    }

    @Test
    void nodeDoesTheSameWhetherItIsTracedOrNot() {
        TestNode silent = new TestNode(3, settings -> settings);
        TestNode traced = new TestNode(3, settings -> settings.traceLogger(events::add));

        assertThat(traced.tick(5 * TestNodes.ELECTION_TICKS)).isEqualTo(silent.tick(5 * TestNodes.ELECTION_TICKS));
        assertThat(traced.elect()).isEqualTo(silent.elect());
        assertThat(events).isNotEmpty();
    }

    @Test
    void whatATraceLoggerThrowsComesOutOfTheCall() {
        TestNode node = new TestNode(
                1,
                settings -> settings.traceLogger(event -> {
                    if (event.kind() == Kind.BECOME_CANDIDATE) {
                        throw new IllegalStateException("enough");
                    }
                }));

        assertThatThrownBy(() -> node.raw().campaign()).hasMessage("enough");
    }
}
