package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.electAsOneOfThree;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.settle;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.ProposalDroppedException.Reason;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of proposals that many threads hand to a {@link Node}. */
class NodeProposalTests {
    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final Node node = node(config(1, storage));

    private static Node node(RaftConfig.Builder config) {
        return new Node(new RawNode(config.build()), () -> {});
    }

    @Test
    void proposalsThatWaitAreAppendedAndSentTogether() {
        electAsOneOfThree(node, storage);
        long lastIndex = storage.lastIndex();
        List<ProposalOutcome> outcomes = propose("a", "b", "c");

        List<Ready> readies = settle(node, storage);

        assertThat(readies).hasSize(1);
        assertThat(readies.get(0).entries())
                .extracting(entry -> entry.getData().toStringUtf8())
                .containsExactly("a", "b", "c");
        assertThat(readies.get(0).messages())
                .filteredOn(sent -> sent.getTo() == 2)
                .singleElement()
                .satisfies(sent -> assertThat(sent.getEntriesCount()).isEqualTo(3));
        assertThat(outcomes)
                .extracting(outcome -> outcome.index())
                .containsExactly(lastIndex + 1, lastIndex + 2, lastIndex + 3);
        assertThat(outcomes).extracting(outcome -> outcome.term()).containsOnly(term());
    }

    @Test
    void proposalsOvertakenByAMessageAreStillAppendedTogether() {
        electAsOneOfThree(node, storage);
        propose("a");
        node.step(message(MessageType.MSG_HEARTBEAT_RESP, 2, 1, term()).build());
        propose("b");

        assertThat(settle(node, storage).get(0).messages())
                .filteredOn(sent -> sent.getType() == MessageType.MSG_APP && sent.getTo() == 2)
                .extracting(Message::getEntriesCount)
                .containsExactly(2);
    }

    @Test
    void callsDoNotOvertakeProposals() {
        electAsOneOfThree(node, storage);
        ProposalOutcome before = propose("before").get(0);
        node.transferLeadership(2);
        ProposalOutcome after = propose("after").get(0);

        settle(node, storage);

        assertThat(before.index()).isPositive();
        assertThat(after.dropReason()).isEqualTo(Reason.TRANSFERRING);
    }

    @Test
    void proposalsAreSplitByTheSizeOfAMessage() {
        Node limited = node(config(1, storage).maxSizePerMessageBytes(10));
        electAsOneOfThree(limited, storage);
        for (String data : List.of("12345", "67890", "1", "2")) {
            limited.propose(bytes(data), new ProposalOutcome());
        }

        Ready ready = settle(limited, storage).get(0);

        assertThat(ready.entries()).hasSize(4);
        // Each step sends one message.
        assertThat(ready.messages()).filteredOn(sent -> sent.getTo() == 2).hasSize(2);
    }

    @Test
    void proposalsBeyondTheCountLimitAllArrive() {
        electAsOneOfThree(node, storage);
        int count = 3 * ProposalBatch.MAX_PROPOSALS + 1;
        List<ProposalOutcome> outcomes =
                IntStream.range(0, count).mapToObj(i -> propose("p" + i).get(0)).toList();
        long lastIndex = storage.lastIndex();

        settle(node, storage);

        assertThat(storage.lastIndex()).isEqualTo(lastIndex + count);
        assertThat(outcomes.get(count - 1).index()).isEqualTo(lastIndex + count);
    }

    @Test
    void proposalsThatAreTooMuchTogetherAreTriedOneByOne() {
        Node limited = node(config(1, storage).maxUncommittedEntriesSizeBytes(10));
        electAsOneOfThree(limited, storage);
        limited.propose(bytes("ab"), new ProposalOutcome());
        settle(limited, storage);
        List<ProposalOutcome> outcomes = new ArrayList<>();
        for (String data : List.of("cdefgh", "too many", "ij")) {
            ProposalOutcome outcome = new ProposalOutcome();
            outcomes.add(outcome);
            limited.propose(bytes(data), outcome);
        }

        settle(limited, storage);

        assertThat(outcomes.get(0).index()).isEqualTo(storage.lastIndex() - 1);
        assertThat(outcomes.get(1).dropReason()).isEqualTo(Reason.UNCOMMITTED_LIMIT);
        assertThat(outcomes.get(2).index()).isEqualTo(storage.lastIndex());
    }

    @Test
    void proposalWithoutLeaderIsDropped() {
        ProposalOutcome outcome = propose("a").get(0);

        settle(node, storage);

        assertThat(outcome.dropReason()).isEqualTo(Reason.NO_LEADER);
    }

    @Test
    void proposalOnFollowerIsForwardedAndAppendedNowhereYet() {
        node.step(message(MessageType.MSG_HEARTBEAT, 3, 1, 2).build());
        List<ProposalOutcome> outcomes = propose("a", "b");

        List<Ready> readies = settle(node, storage);

        assertThat(readies.get(0).messages())
                .filteredOn(sent -> sent.getType() == MessageType.MSG_PROP)
                .singleElement()
                .satisfies(sent -> {
                    assertThat(sent.getTo()).isEqualTo(3);
                    assertThat(sent.getEntriesCount()).isEqualTo(2);
                });
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.index()).isZero());
    }

    @Test
    void configurationChangeIsProposedAndApplied() {
        electAsOneOfThree(node, storage);
        ConfChangeV2 change =
                ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse("l4")).build();
        ProposalOutcome outcome = new ProposalOutcome();
        List<ConfState> inForce = new ArrayList<>();
        node.proposeConfChange(change, outcome);
        node.applyConfChange(change, inForce::add);

        settle(node, storage);

        assertThat(outcome.index()).isEqualTo(storage.lastIndex());
        assertThat(inForce).singleElement().satisfies(state -> assertThat(state.getLearnersList())
                .containsExactly(4L));
    }

    @Test
    void configurationChangeOfTheOlderFormIsProposedAndApplied() {
        electAsOneOfThree(node, storage);
        ConfChange change = ConfChange.newBuilder()
                .setType(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE)
                .setNodeId(4)
                .build();
        ProposalOutcome outcome = new ProposalOutcome();
        List<ConfState> inForce = new ArrayList<>();
        node.proposeConfChange(change, outcome);
        node.applyConfChange(change, inForce::add);

        settle(node, storage);

        assertThat(entryAt(outcome.index()).getType()).isEqualTo(EntryType.ENTRY_CONF_CHANGE);
        assertThat(inForce).singleElement().satisfies(state -> assertThat(state.getLearnersList())
                .containsExactly(4L));
    }

    @Test
    void refusedConfigurationChangeIsAppendedAsAnEmptyEntry() {
        electAsOneOfThree(node, storage);
        ProposalOutcome outcome = new ProposalOutcome();
        node.proposeConfChange(ConfChangeV2.getDefaultInstance(), outcome);

        settle(node, storage);

        assertThat(outcome.index()).isEqualTo(storage.lastIndex());
        assertThat(entryAt(outcome.index()).getType()).isEqualTo(EntryType.ENTRY_NORMAL);
        assertThat(entryAt(outcome.index()).getData()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void proposalsOfManyThreadsAllArriveInTheOrderOfEachThread() throws Exception {
        MemoryStorage alone = storageOf(1);
        Node leader = node(config(1, alone));
        leader.campaign();
        settle(leader, alone);
        int threads = 4;
        int each = 500;
        List<Entry> applied = new ArrayList<>();
        List<Thread> proposers = IntStream.range(0, threads)
                .mapToObj(thread -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        leader.propose(bytes(thread + " " + i), new ProposalOutcome());
                    }
                }))
                .toList();

        proposers.forEach(Thread::start);
        while (applied.size() < threads * each) {
            Ready ready = leader.ready();
            store(ready, alone);
            applied.addAll(ready.committedEntries().stream()
                    .filter(entry -> !entry.getData().isEmpty())
                    .toList());
            leader.advance();
        }

        for (int thread = 0; thread < threads; thread++) {
            String prefix = thread + " ";
            assertThat(applied)
                    .extracting(entry -> entry.getData().toStringUtf8())
                    .filteredOn(data -> data.startsWith(prefix))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> prefix + i).toList());
        }
    }

    private List<ProposalOutcome> propose(String... data) {
        List<ProposalOutcome> outcomes = new ArrayList<>();
        for (String each : data) {
            ProposalOutcome outcome = new ProposalOutcome();
            node.propose(bytes(each), outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private Entry entryAt(long index) {
        try {
            return storage.entries(index, index + 1, RaftConfig.NO_LIMIT).get(0);
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    private long term() {
        return node.basicStatus().hardState().getTerm();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
