package io.raftboot.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.TraceEvent.Kind;
import io.raftboot.raft.TraceEvent.NewVoters;
import io.raftboot.raft.TraceEvent.ProposedChange;
import io.raftboot.raft.TraceEvent.SenderProgress;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.quorum.IdSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an event holds, and how it is written. */
class TraceEventTests {
    private final List<TraceEvent> events = new ArrayList<>();

    private TraceEvent first(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).findFirst().orElseThrow();
    }

    @Test
    void kindsHaveTheNamesThatEtcdGivesThem() {
        assertThat(Arrays.stream(Kind.values()).map(LogText::name))
                .containsExactly(
                        "InitState",
                        "BecomeCandidate",
                        "BecomeFollower",
                        "BecomeLeader",
                        "Commit",
                        "Replicate",
                        "ChangeConf",
                        "ApplyConfChange",
                        "Ready",
                        "SendAppendEntriesRequest",
                        "ReceiveAppendEntriesRequest",
                        "SendAppendEntriesResponse",
                        "ReceiveAppendEntriesResponse",
                        "SendRequestVoteRequest",
                        "ReceiveRequestVoteRequest",
                        "SendRequestVoteResponse",
                        "ReceiveRequestVoteResponse",
                        "SendSnapshot",
                        "ReceiveSnapshot");
    }

    @Test
    void messageWithEntriesShowsTheSendersOwnProgress() throws ProposalDroppedException {
        TestGroup group = new TestGroup(3, 0, settings -> settings.traceLogger(events::add));
        group.elect(1);
        events.clear();

        group.propose(1, "a");

        TraceEvent sent = first(Kind.SEND_APPEND_ENTRIES_REQUEST);
        assertThat(sent.detail()).isEqualTo(new SenderProgress(11, 12));
        assertThat(sent.toJson())
                .isEqualTo("{\"name\":\"SendAppendEntriesRequest\",\"nid\":\"1\","
                        + "\"state\":{\"term\":1,\"vote\":\"1\",\"commit\":11},"
                        + "\"role\":\"StateLeader\",\"log\":12,\"conf\":[[\"1\",\"2\",\"3\"],[]],"
                        + "\"msg\":{\"type\":\"MsgApp\",\"term\":1,\"from\":\"1\",\"to\":\"2\",\"entries\":1,"
                        + "\"logTerm\":1,\"index\":11,\"commit\":11,\"vote\":\"0\",\"reject\":false,\"rejectHint\":0},"
                        + "\"prop\":{\"match\":11,\"next\":12}}");
        TraceEvent received = first(Kind.RECEIVE_APPEND_ENTRIES_REQUEST);
        assertThat(received.message()).isEqualTo(sent.message());
        assertThat(received.detail()).isNull();
    }

    @Test
    void refusalSaysSo() {
        TestNode node = new TestNode(3, 2, new long[0], settings -> settings.traceLogger(events::add));
        events.clear();

        node.step(TestNode.messageFrom(2, MessageType.MSG_APP, 2).setIndex(20).setLogTerm(2));

        assertThat(first(Kind.SEND_APPEND_ENTRIES_RESPONSE).toJson())
                .contains("\"index\":20,\"commit\":0,\"vote\":\"0\",\"reject\":true,\"rejectHint\":10}}");
    }

    /** As the library sees it: an id of all ones is a great one, not a negative one. */
    @Test
    void numbersAreUnsigned() {
        Message message = TestNodes.message(MessageType.MSG_VOTE, -3, 1, -1)
                .setIndex(-2)
                .setVote(-4)
                .build();
        TestNode node = new TestNode(1, settings -> settings);
        TraceEvent event = new TraceEvent(
                Kind.RECEIVE_REQUEST_VOTE_REQUEST,
                -5,
                node.raw().basicStatus().hardState(),
                RaftRole.PRE_CANDIDATE,
                -6,
                node.raw().status().config().voters(),
                message,
                new NewVoters(IdSet.EMPTY));

        assertThat(event.toJson())
                .contains("\"nid\":\"18446744073709551611\"", "\"log\":18446744073709551610")
                .contains("\"from\":\"18446744073709551613\"", "\"term\":18446744073709551615")
                .contains("\"index\":18446744073709551614", "\"vote\":\"18446744073709551612\"")
                .contains("\"role\":\"StatePreCandidate\"")
                .endsWith(",\"prop\":{\"cc\":{}}}");
    }

    @Test
    void additionsAreNamedAsTheModelNamesThem() {
        TestNode node = new TestNode(1, settings -> settings);
        TraceEvent event = new TraceEvent(
                Kind.CHANGE_CONF,
                1,
                node.raw().basicStatus().hardState(),
                RaftRole.LEADER,
                1,
                node.raw().status().config().voters(),
                null,
                new ProposedChange(ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("v2 l3"))
                        .build()));

        assertThat(event.toJson())
                .endsWith("\"changes\":[{\"nid\":\"2\",\"action\":\"AddNewServer\"},"
                        + "{\"nid\":\"3\",\"action\":\"AddLearner\"}]}}}");
    }
}
