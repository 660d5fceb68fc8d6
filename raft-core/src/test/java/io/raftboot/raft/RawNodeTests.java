package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What no scenario file shows. */
class RawNodeTests {
    private final MemoryStorage storage = storageOf(1);
    private final RawNode node = new RawNode(config(1, storage).build());

    private static Progress progress(Status status, long id) {
        return Objects.requireNonNull(status.progress().get(id));
    }

    private static List<Entry> settle(RawNode node, MemoryStorage storage) {
        List<Entry> committed = new ArrayList<>();
        while (node.hasReady()) {
            Ready ready = node.ready();
            store(ready, storage);
            committed.addAll(ready.committedEntries());
            node.advance();
        }
        return committed;
    }

    @Test
    void bootstrapBeginsAGroupThatCanElectAtOnce() throws Exception {
        MemoryStorage empty = new MemoryStorage();
        RawNode first = new RawNode(config(1, empty).build());
        first.bootstrap(List.of(new Peer(1, ByteString.copyFromUtf8("here"))));

        List<Entry> committed = settle(first, empty);
        ConfChange addition = ConfChange.parseFrom(committed.get(0).getData());
        first.applyConfChange(addition);
        first.campaign();
        committed = settle(first, empty);

        assertThat(addition.getNodeId()).isEqualTo(1);
        assertThat(addition.getContext().toStringUtf8()).isEqualTo("here");
        assertThat(first.basicStatus().softState()).isEqualTo(new SoftState(1, RaftRole.LEADER));
        assertThat(first.basicStatus().hardState().getTerm()).isEqualTo(2);
        assertThat(committed).hasSize(1);
    }

    @Test
    void bootstrapNeedsPeersAndAnEmptyStorage() {
        RawNode empty = new RawNode(config(1, new MemoryStorage()).build());

        assertThatThrownBy(() -> empty.bootstrap(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.bootstrap(List.of(new Peer(1)))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nodeStartsAsFollowerWithoutAnythingToDo() {
        assertThat(node.hasReady()).isFalse();
        assertThat(node.basicStatus().softState()).isEqualTo(new SoftState(NodeIds.NONE, RaftRole.FOLLOWER));
    }

    @Test
    void secondReadyWithoutAdvanceIsRefused() {
        node.campaign();
        node.ready();

        assertThatThrownBy(node::ready).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void advanceIsForSynchronousStorageOnly() {
        RawNode async = new RawNode(config(1, storage).asyncStorageWrites(true).build());

        assertThatThrownBy(async::advance).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void commitIndexThatIsNotInTheLogIsRefused() {
        storage.setHardState(HardState.newBuilder().setTerm(2).setCommit(99).build());

        assertThatThrownBy(() -> new RawNode(config(1, storage).build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("1 state.commit 99 is out of range [10, 10]");
    }

    @Test
    void localMessageFromElsewhereIsRefused() {
        for (MessageType type : MessageType.values()) {
            Message message = message(type, 2, 1, 0).build();
            if (MessageKinds.isLocal(type)) {
                assertThatThrownBy(() -> node.step(message)).isInstanceOf(StepLocalMessageException.class);
            }
        }
        assertThat(node.hasReady()).isFalse();
    }

    @Test
    void responseOfAStrangerIsRefused() {
        Message response = message(MessageType.MSG_APP_RESP, 9, 1, 5).build();

        assertThatThrownBy(() -> node.step(response)).isInstanceOf(StepPeerNotFoundException.class);
        assertThat(node.basicStatus().hardState().getTerm()).isZero();
    }

    @Test
    void changeThatDoesNotFitIsRefusedAndChangesNothing() {
        ConfChangeV2 leave = ConfChangeV2.getDefaultInstance();

        assertThatThrownBy(() -> node.applyConfChange(leave)).isInstanceOf(ConfChangeException.class);
        assertThat(node.status().config().voters().ids().toList()).containsExactly(1L);
    }

    @Test
    void changeWithoutNodesIsOneThatTheApplicationDecidedAgainst() {
        ConfChangeV2 rejected =
                ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse("r0")).build();

        assertThat(node.applyConfChange(rejected).getVotersList()).containsExactly(1L);
    }

    @Test
    void statusOfALeaderIsACopy() throws Exception {
        node.campaign();
        settle(node, storage);
        Status before = node.status();
        node.propose(ByteString.copyFromUtf8("a"));
        settle(node, storage);

        assertThat(progress(before, 1).matchIndex()).isEqualTo(11);
        assertThat(progress(before, 1).state()).isEqualTo(ProgressState.REPLICATE);
        assertThat(progress(node.status(), 1).matchIndex()).isEqualTo(12);
    }

    @Test
    void entriesKeepTheTypeAndDataThatWereProposed() throws Exception {
        node.campaign();
        settle(node, storage);
        node.propose(ByteString.copyFromUtf8("data"));
        node.proposeConfChange(ConfChange.newBuilder()
                .setNodeId(2)
                .setContext(ByteString.EMPTY)
                .build());

        List<Entry> committed = settle(node, storage);

        assertThat(committed).extracting(Entry::hasType).containsExactly(false, true);
        // A type that is said would count in every limit, and pages of entries would end elsewhere than etcd's do.
        assertThat(committed.get(0).getSerializedSize()).isEqualTo(2 + 2 + 2 + "data".length());
        assertThat(committed)
                .extracting(Entry::getType)
                .containsExactly(EntryType.ENTRY_NORMAL, EntryType.ENTRY_CONF_CHANGE);
        assertThat(committed.get(0).getData().toStringUtf8()).isEqualTo("data");
    }

    @Test
    void reportedSnapshotLetsTheLeaderGoOn() throws Exception {
        MemoryStorage pair = storageOf(1, 2);
        RawNode leader = new RawNode(config(1, pair).build());
        leader.campaign();
        settle(leader, pair);
        leader.step(message(MessageType.MSG_VOTE_RESP, 2, 1, 1).build());
        settle(leader, pair);
        leader.step(message(MessageType.MSG_APP_RESP, 2, 1, 1)
                .setIndex(10)
                .setReject(true)
                .setRejectHint(3)
                .build());
        assertThat(leader.ready().messages()).extracting(Message::getType).contains(MessageType.MSG_SNAP);
        leader.advance();
        assertThat(progress(leader.status(), 2).state()).isEqualTo(ProgressState.SNAPSHOT);

        leader.reportSnapshot(2, SnapshotStatus.FAILURE);
        assertThat(progress(leader.status(), 2)).hasToString("StateProbe match=0 next=1 paused");

        leader.step(message(MessageType.MSG_HEARTBEAT_RESP, 2, 1, 1).build());
        leader.ready();
        leader.advance();
        leader.reportSnapshot(2, SnapshotStatus.FINISH);
        assertThat(progress(leader.status(), 2)).hasToString("StateProbe match=0 next=11 paused");
    }

    @Test
    void snapshotThatIsNotReadyYetIsAskedForAgain() throws Exception {
        MemoryStorage pair = storageOf(1, 2);
        boolean[] available = {false};
        Storage storageOfLeader = new SnapshotSourceStorage(pair, () -> {
            if (!available[0]) {
                throw new SnapshotTemporarilyUnavailableException();
            }
            return pair.snapshot();
        });
        RawNode leader = new RawNode(config(1, storageOfLeader).build());
        leader.campaign();
        settle(leader, pair);
        leader.step(message(MessageType.MSG_VOTE_RESP, 2, 1, 1).build());
        settle(leader, pair);
        leader.step(message(MessageType.MSG_APP_RESP, 2, 1, 1)
                .setIndex(10)
                .setReject(true)
                .setRejectHint(3)
                .build());
        assertThat(leader.hasReady()).isFalse();

        available[0] = true;
        leader.step(message(MessageType.MSG_HEARTBEAT_RESP, 2, 1, 1).build());

        assertThat(leader.ready().messages()).extracting(Message::getType).containsExactly(MessageType.MSG_SNAP);
    }

    @Test
    void uncommittedEntriesAreLimitedButNeverOneAlone() throws Exception {
        MemoryStorage pair = storageOf(1, 2);
        RawNode leader =
                new RawNode(config(1, pair).maxUncommittedEntriesSizeBytes(4).build());
        leader.campaign();
        settle(leader, pair);
        leader.step(message(MessageType.MSG_VOTE_RESP, 2, 1, 1).build());
        settle(leader, pair);

        leader.propose(ByteString.copyFromUtf8("much too long"));
        leader.propose(ByteString.EMPTY);

        assertThatThrownBy(() -> leader.propose(ByteString.copyFromUtf8("x")))
                .isInstanceOfSatisfying(ProposalDroppedException.class, dropped -> assertThat(dropped.reason())
                        .isEqualTo(ProposalDroppedException.Reason.UNCOMMITTED_LIMIT))
                .hasMessage("raft proposal dropped");
        settle(leader, pair);
        leader.step(message(MessageType.MSG_APP_RESP, 2, 1, 1)
                .setIndex(pair.lastIndex())
                .build());
        settle(leader, pair);
        leader.propose(ByteString.copyFromUtf8("again"));
    }

    @Test
    void visitorSeesEveryMemberWithItsTypeAndWithoutItsWindow() throws Exception {
        TestGroup group = new TestGroup(2, 1, settings -> settings);
        group.elect(1);
        group.cut(2, 3);
        group.propose(1, "in flight");
        List<String> seen = new ArrayList<>();

        group.node(1)
                .withProgress((id, type, progress) ->
                        seen.add(id + " " + type + " " + progress + " " + progress.isLearner()));

        assertThat(group.progress(1, 3)).hasToString("StateReplicate match=11 next=13 learner inflight=1");
        assertThat(seen)
                .containsExactly(
                        "1 PEER StateReplicate match=12 next=13 false",
                        "2 PEER StateReplicate match=11 next=13 false",
                        "3 LEARNER StateReplicate match=11 next=13 learner true");
    }

    @Test
    void visitorGetsCopies() {
        TestGroup group = new TestGroup(2);
        group.elect(1);

        group.node(1).withProgress((id, type, progress) -> progress.becomeSnapshot(99));

        assertThat(group.progress(1, 2).state()).isEqualTo(ProgressState.REPLICATE);
    }

    @Test
    void statusIsShownAsEtcdShowsIt() {
        TestGroup group = new TestGroup(2);
        group.elect(2);
        group.cut(1);
        group.node(2).transferLeadership(1);

        assertThat(group.node(2).status().toJson())
                .isEqualTo(
                        "{\"id\":\"2\",\"term\":1,\"vote\":\"2\",\"commit\":11,\"lead\":\"2\",\"raftState\":\"StateLeader\","
                                + "\"applied\":11,\"progress\":{"
                                + "\"1\":{\"match\":11,\"next\":12,\"state\":\"StateReplicate\"},"
                                + "\"2\":{\"match\":11,\"next\":12,\"state\":\"StateReplicate\"}},\"leadtransferee\":\"1\"}");
        assertThat(group.node(1).status().toJson()).contains("\"raftState\":\"StateFollower\"", "\"progress\":{},");
    }

    @Test
    void quiescedTicksLeadToNoElectionButCount() {
        node.raft().timer().pinTimeout(TestNodes.ELECTION_TICKS);

        for (int i = 0; i < 10 * TestNodes.ELECTION_TICKS; i++) {
            node.tickQuiesced();
        }
        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.FOLLOWER);
        node.tick();

        assertThat(node.basicStatus().softState().role()).isEqualTo(RaftRole.CANDIDATE);
    }
}
