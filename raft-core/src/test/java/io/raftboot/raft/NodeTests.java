package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.ELECTION_TICKS;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.electAsOneOfThree;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.settle;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.ProposalDroppedException.Reason;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeTests {
    private static final long WAIT_SECONDS = 30;

    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final Node node = node(config(1, storage));

    /** Remembers what became of a proposal. */
    private static final class Outcome implements ProposalListener {
        private long term = -1;
        private long index = -1;
        private @Nullable RaftException reason;

        @Override
        public void appended(long appendedTerm, long appendedIndex) {
            term = appendedTerm;
            index = appendedIndex;
        }

        @Override
        public void dropped(RaftException droppedFor) {
            reason = droppedFor;
        }

        @Nullable
        Reason dropReason() {
            return reason instanceof ProposalDroppedException dropped ? dropped.reason() : null;
        }
    }

    private Node node(RaftConfig.Builder config) {
        return new Node(new RawNode(config.build()), wakeUps::incrementAndGet);
    }

    @Test
    void nothingIsReadyAtFirst() {
        assertThat(node.poll()).isNull();
    }

    @Test
    void driverIsWokenWheneverSomethingWaits() {
        node.campaign();
        node.step(message(MessageType.MSG_HEARTBEAT, 2, 1, 1).build());
        node.propose(bytes("a"), new Outcome());

        assertThat(wakeUps).hasValue(3);
    }

    @Test
    void ticksThatWaitCountAsOneAndWakeOnce() {
        for (int i = 0; i < 10 * ELECTION_TICKS; i++) {
            node.tick();
        }

        assertThat(wakeUps).hasValue(1);
        assertThat(node.poll()).isNull();
        assertThat(role()).isEqualTo(RaftRole.FOLLOWER);
    }

    @Test
    void tickAfterEachPollLeadsToAnElection() {
        for (int i = 0; i < 2 * ELECTION_TICKS && role() == RaftRole.FOLLOWER; i++) {
            node.tick();
            settle(node, storage);
        }

        assertThat(role()).isEqualTo(RaftRole.CANDIDATE);
    }

    @Test
    void messageThatWaitsIsHeardBeforeTheTick() {
        RawNode rawNode = new RawNode(config(1, storage).build());
        Node follower = new Node(rawNode, () -> {});
        Message heartbeat = message(MessageType.MSG_HEARTBEAT, 2, 1, 1).build();
        follower.step(heartbeat);
        settle(follower, storage);
        rawNode.raft().timer().pinTimeout(ELECTION_TICKS);
        for (int i = 0; i < ELECTION_TICKS - 1; i++) {
            follower.tick();
            settle(follower, storage);
        }

        follower.tick();
        follower.step(heartbeat);
        settle(follower, storage);

        assertThat(follower.basicStatus().softState()).isEqualTo(new SoftState(2, RaftRole.FOLLOWER));
    }

    @Test
    void proposalsThatWaitAreAppendedAndSentTogether() {
        electAsOneOfThree(node, storage);
        long lastIndex = storage.lastIndex();
        List<Outcome> outcomes = propose("a", "b", "c");

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
                .extracting(outcome -> outcome.index)
                .containsExactly(lastIndex + 1, lastIndex + 2, lastIndex + 3);
        assertThat(outcomes).extracting(outcome -> outcome.term).containsOnly(term());
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
        Outcome before = propose("before").get(0);
        node.transferLeadership(2);
        Outcome after = propose("after").get(0);

        settle(node, storage);

        assertThat(before.index).isPositive();
        assertThat(after.dropReason()).isEqualTo(Reason.TRANSFERRING);
    }

    @Test
    void proposalsAreSplitByTheSizeOfAMessage() {
        Node limited = node(config(1, storage).maxSizePerMessageBytes(10));
        electAsOneOfThree(limited, storage);
        for (String data : List.of("12345", "67890", "1", "2")) {
            limited.propose(bytes(data), new Outcome());
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
        List<Outcome> outcomes =
                IntStream.range(0, count).mapToObj(i -> propose("p" + i).get(0)).toList();
        long lastIndex = storage.lastIndex();

        settle(node, storage);

        assertThat(storage.lastIndex()).isEqualTo(lastIndex + count);
        assertThat(outcomes.get(count - 1).index).isEqualTo(lastIndex + count);
    }

    @Test
    void proposalsThatAreTooMuchTogetherAreTriedOneByOne() {
        Node limited = node(config(1, storage).maxUncommittedEntriesSizeBytes(10));
        electAsOneOfThree(limited, storage);
        limited.propose(bytes("ab"), new Outcome());
        settle(limited, storage);
        List<Outcome> outcomes = new ArrayList<>();
        for (String data : List.of("cdefgh", "too many", "ij")) {
            Outcome outcome = new Outcome();
            outcomes.add(outcome);
            limited.propose(bytes(data), outcome);
        }

        settle(limited, storage);

        assertThat(outcomes.get(0).index).isEqualTo(storage.lastIndex() - 1);
        assertThat(outcomes.get(1).dropReason()).isEqualTo(Reason.UNCOMMITTED_LIMIT);
        assertThat(outcomes.get(2).index).isEqualTo(storage.lastIndex());
    }

    @Test
    void proposalWithoutLeaderIsDropped() {
        Outcome outcome = propose("a").get(0);

        settle(node, storage);

        assertThat(outcome.dropReason()).isEqualTo(Reason.NO_LEADER);
    }

    @Test
    void proposalOnFollowerIsForwardedAndAppendedNowhereYet() {
        node.step(message(MessageType.MSG_HEARTBEAT, 3, 1, 2).build());
        List<Outcome> outcomes = propose("a", "b");

        List<Ready> readies = settle(node, storage);

        assertThat(readies.get(0).messages())
                .filteredOn(sent -> sent.getType() == MessageType.MSG_PROP)
                .singleElement()
                .satisfies(sent -> {
                    assertThat(sent.getTo()).isEqualTo(3);
                    assertThat(sent.getEntriesCount()).isEqualTo(2);
                });
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.index).isZero());
    }

    @Test
    void configurationChangeIsProposedAndApplied() {
        electAsOneOfThree(node, storage);
        ConfChangeV2 change =
                ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse("l4")).build();
        Outcome outcome = new Outcome();
        List<ConfState> inForce = new ArrayList<>();
        node.proposeConfChange(change, outcome);
        node.applyConfChange(change, inForce::add);

        settle(node, storage);

        assertThat(outcome.index).isEqualTo(storage.lastIndex());
        assertThat(inForce).singleElement().satisfies(state -> assertThat(state.getLearnersList())
                .containsExactly(4L));
    }

    @Test
    void refusedConfigurationChangeIsAppendedAsAnEmptyEntry() {
        electAsOneOfThree(node, storage);
        Outcome outcome = new Outcome();
        node.proposeConfChange(ConfChangeV2.getDefaultInstance(), outcome);

        settle(node, storage);

        assertThat(outcome.index).isEqualTo(storage.lastIndex());
        assertThat(entryAt(outcome.index).getType()).isEqualTo(EntryType.ENTRY_NORMAL);
        assertThat(entryAt(outcome.index).getData()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void statusIsThatOfItsPlaceInTheMailbox() {
        CompletableFuture<Status> before = node.status();
        node.campaign();
        CompletableFuture<Status> after = node.status();

        settle(node, storage);

        assertThat(before.join().basic().softState().role()).isEqualTo(RaftRole.FOLLOWER);
        assertThat(after.join().basic().softState().role()).isEqualTo(RaftRole.CANDIDATE);
    }

    @Test
    void readOfLeaderIsAnsweredAfterARound() {
        electAsOneOfThree(node, storage);
        node.readIndex(bytes("read"));
        Message heartbeat = settle(node, storage).get(0).messages().get(0);
        node.step(message(MessageType.MSG_HEARTBEAT_RESP, 2, 1, term())
                .setContext(heartbeat.getContext())
                .build());

        assertThat(settle(node, storage).get(0).readStates())
                .containsExactly(new ReadState(SNAPSHOT_INDEX + 1, bytes("read")));
    }

    @Test
    void leaderStepsDownWhenAsked() {
        electAsOneOfThree(node, storage);
        long term = term();
        node.stepDown();

        settle(node, storage);

        assertThat(node.basicStatus().softState()).isEqualTo(new SoftState(RawNode.NONE, RaftRole.FOLLOWER));
        assertThat(term()).isEqualTo(term);
    }

    @Test
    void messageThatIsOfNoUseIsIgnored() {
        node.step(message(MessageType.MSG_APP_RESP, 9, 1, 1).build());
        node.step(message(MessageType.MSG_HUP, 2, 1, 0).build());
        node.step(message(MessageType.MSG_PROP, 2, 1, 0)
                .addEntries(Entry.getDefaultInstance())
                .build());

        assertThat(node.poll()).isNull();
        assertThat(role()).isEqualTo(RaftRole.FOLLOWER);
    }

    @Test
    void brokenInvariantStopsTheNodeAndPassesThrough() {
        node.applyConfChange(
                ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("r1 r2 r3"))
                        .build(),
                state -> {});
        Outcome outcome = propose("a").get(0);

        assertThatThrownBy(node::poll).isInstanceOf(ConfChangeException.class).hasMessage("removed all voters");
        assertThat(outcome.reason).isInstanceOf(StoppedException.class);
        assertThat(node.poll()).isNull();
    }

    @Test
    void stopDropsWhatWaitsAndWhatComes() {
        Outcome waiting = propose("a").get(0);
        CompletableFuture<Status> status = node.status();

        node.stop();
        Outcome late = propose("b").get(0);

        assertThat(waiting.reason).isInstanceOf(StoppedException.class);
        assertThat(late.reason).isInstanceOf(StoppedException.class);
        assertThatThrownBy(status::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StoppedException.class);
        assertThat(node.poll()).isNull();
        assertThatThrownBy(node::ready).isInstanceOf(StoppedException.class);
    }

    @Test
    void readyWaitsUntilThereIsSomethingToDo() throws Exception {
        CompletableFuture<Ready> ready = new CompletableFuture<>();
        Thread driver = drive(ready);
        awaitParked(driver);

        node.campaign();

        assertThat(ready.get(WAIT_SECONDS, TimeUnit.SECONDS).messages()).hasSize(2);
    }

    @Test
    void stopEndsTheWaiting() {
        CompletableFuture<Ready> ready = new CompletableFuture<>();
        awaitParked(drive(ready));

        node.stop();

        assertThatThrownBy(() -> ready.get(WAIT_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(StoppedException.class);
    }

    @Test
    void interruptEndsTheWaiting() {
        CompletableFuture<Ready> ready = new CompletableFuture<>();
        Thread driver = drive(ready);
        awaitParked(driver);

        driver.interrupt();

        assertThatThrownBy(() -> ready.get(WAIT_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(InterruptedException.class);
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
                        leader.propose(bytes(thread + " " + i), new Outcome());
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

    private Thread drive(CompletableFuture<Ready> ready) {
        Thread driver = new Thread(() -> {
            try {
                ready.complete(node.ready());
            } catch (InterruptedException | StoppedException e) {
                ready.completeExceptionally(e);
            }
        });
        driver.setDaemon(true);
        driver.start();
        return driver;
    }

    private static void awaitParked(Thread driver) {
        Awaitility.await()
                .atMost(WAIT_SECONDS, TimeUnit.SECONDS)
                .until(() -> driver.getState() == Thread.State.WAITING);
    }

    private List<Outcome> propose(String... data) {
        List<Outcome> outcomes = new ArrayList<>();
        for (String each : data) {
            Outcome outcome = new Outcome();
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

    private RaftRole role() {
        return node.basicStatus().softState().role();
    }

    private long term() {
        return node.basicStatus().hardState().getTerm();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
