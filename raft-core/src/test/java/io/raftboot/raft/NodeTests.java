package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.ELECTION_TICKS;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.electAsOneOfThree;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.settle;
import static io.raftboot.raft.TestNodes.storageOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.ProgressState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class NodeTests {
    private static final long WAIT_SECONDS = 30;

    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final Node node = node(config(1, storage));

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
        node.propose(bytes("a"), new ProposalOutcome());

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
    void reportsReachTheLeader() {
        electAsOneOfThree(node, storage);
        node.reportUnreachable(2);
        Status afterUnreachable = statusAfterSettling();
        node.step(message(MessageType.MSG_APP_RESP, 3, 1, term())
                .setIndex(SNAPSHOT_INDEX)
                .setReject(true)
                .setRejectHint(3)
                .build());
        Status inSnapshot = statusAfterSettling();
        node.reportSnapshot(3, SnapshotStatus.FINISH);
        Status afterSnapshot = statusAfterSettling();

        assertThat(stateOf(2, afterUnreachable)).isEqualTo(ProgressState.PROBE);
        assertThat(stateOf(3, inSnapshot)).isEqualTo(ProgressState.SNAPSHOT);
        assertThat(stateOf(3, afterSnapshot)).isEqualTo(ProgressState.PROBE);
    }

    private Status statusAfterSettling() {
        CompletableFuture<Status> status = node.status();
        settle(node, storage);
        return status.join();
    }

    private static ProgressState stateOf(long id, Status status) {
        return Objects.requireNonNull(status.progress().get(id)).state();
    }

    @Test
    void followerForgetsItsLeader() {
        node.step(message(MessageType.MSG_HEARTBEAT, 2, 1, 1).build());
        node.forgetLeader();

        settle(node, storage);

        assertThat(node.basicStatus().softState()).isEqualTo(new SoftState(NodeIds.NONE, RaftRole.FOLLOWER));
        assertThat(term()).isEqualTo(1);
    }

    @Test
    void tickAfterStopIsIgnored() {
        node.stop();
        int before = wakeUps.get();

        node.tick();

        assertThat(wakeUps).hasValue(before);
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

        assertThat(node.basicStatus().softState()).isEqualTo(new SoftState(NodeIds.NONE, RaftRole.FOLLOWER));
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
        ProposalOutcome outcome = propose("a").get(0);

        assertThatThrownBy(node::poll).isInstanceOf(ConfChangeException.class).hasMessage("removed all voters");
        assertThat(outcome.reason()).isInstanceOf(StoppedException.class);
        assertThat(node.poll()).isNull();
    }

    @Test
    void stopDropsWhatWaitsAndWhatComes() {
        ProposalOutcome waiting = propose("a").get(0);
        CompletableFuture<Status> status = node.status();

        node.stop();
        ProposalOutcome late = propose("b").get(0);

        assertThat(waiting.reason()).isInstanceOf(StoppedException.class);
        assertThat(late.reason()).isInstanceOf(StoppedException.class);
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

    private List<ProposalOutcome> propose(String... data) {
        List<ProposalOutcome> outcomes = new ArrayList<>();
        for (String each : data) {
            ProposalOutcome outcome = new ProposalOutcome();
            node.propose(bytes(each), outcome);
            outcomes.add(outcome);
        }
        return outcomes;
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
