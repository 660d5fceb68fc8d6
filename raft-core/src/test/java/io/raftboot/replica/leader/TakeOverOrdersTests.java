package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestCluster;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.TransferAnswer;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A member that is told to take over the leadership, and cannot know how old that order is. */
class TakeOverOrdersTests {
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);
    private static final long TERM = 3;

    private final FakeClock clock = new FakeClock(0);
    private final Asking transport = new Asking();
    private final Queue<Runnable> stage = new ArrayDeque<>();
    private final Node node;
    private Leadership.View view = new Leadership.View(RaftRole.FOLLOWER, 2, TERM, false);
    private boolean mayCampaign = true;
    private final TakeOverOrders orders;

    TakeOverOrdersTests() throws RaftException {
        node = node();
        orders =
                new TakeOverOrders(node, () -> view, transport, clock, ELECTION_TIMEOUT, stage::add, () -> mayCampaign);
    }

    private static Node node() throws RaftException {
        var storage = new MemoryStorage();
        storage.setHardState(HardState.newBuilder().setTerm(TERM).setCommit(1).build());
        storage.applySnapshot(Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(1)
                        .setTerm(1)
                        .setConfState(ConfState.newBuilder().addAllVoters(List.of(1L, 2L, 3L))))
                .build());
        return new Node(
                new RawNode(RaftConfig.builder()
                        .id(1)
                        .electionTicks(10)
                        .heartbeatTicks(1)
                        .storage(storage)
                        .appliedIndex(1)
                        .random(new SplittableRandom(1))
                        .build()),
                () -> {});
    }

    private static Message order(long from, long term) {
        return Message.newBuilder()
                .setType(MessageType.MSG_TIMEOUT_NOW)
                .setFrom(from)
                .setTo(1)
                .setTerm(term)
                .build();
    }

    private void receive(Message order) {
        orders.received(order);
        runStage();
    }

    private void answer(boolean underWay) {
        transport
                .answers
                .remove(0)
                .complete(Response.newBuilder()
                        .setTransfer(TransferAnswer.newBuilder().setUnderWay(underWay))
                        .build()
                        .toByteString());
        runStage();
    }

    private void runStage() {
        for (Runnable task = stage.poll(); task != null; task = stage.poll()) {
            task.run();
        }
    }

    private boolean campaigned() {
        var unused = node.poll();
        return node.basicStatus().softState().role() != RaftRole.FOLLOWER;
    }

    @Test
    void orderThatTheLeaderConfirmsIsObeyed() {
        receive(order(2, TERM));
        assertThat(campaigned()).isFalse();
        assertThat(transport.asked).containsExactly(2L);
        assertThat(transport.question.getTransfer().getTerm()).isEqualTo(TERM);
        clock.advanceMillis(ELECTION_TIMEOUT.toMillis());
        answer(true);
        assertThat(campaigned()).isTrue();
    }

    @Test
    void orderThatTheLeaderHasGivenUpIsIgnored() {
        receive(order(2, TERM));
        answer(false);
        assertThat(campaigned()).isFalse();
    }

    @Test
    void answerThatComesLateIsIgnored() {
        receive(order(2, TERM));
        // The process stands still with the answer in its hands.
        clock.advanceMillis(ELECTION_TIMEOUT.toMillis() + 1);
        answer(true);
        assertThat(campaigned()).isFalse();
    }

    @Test
    void orderWithoutAnAnswerIsIgnoredAndTheNextOneIsAskedAbout() {
        receive(order(2, TERM));
        receive(order(2, TERM));
        assertThat(transport.answers).hasSize(1);
        transport.answers.remove(0).completeExceptionally(new java.util.concurrent.TimeoutException());
        runStage();
        assertThat(campaigned()).isFalse();
        receive(order(2, TERM));
        answer(true);
        assertThat(campaigned()).isTrue();
    }

    @Test
    void onlyTheLeaderOfTheTermGivesOrders() {
        receive(order(3, TERM));
        receive(order(2, TERM + 1));
        receive(order(2, TERM - 1));
        assertThat(transport.asked).isEmpty();
        receive(order(2, TERM));
        view = new Leadership.View(RaftRole.FOLLOWER, 3, TERM + 1, false);
        answer(true);
        assertThat(campaigned()).isFalse();
    }

    @Test
    void memberThatCouldNotVoteForItselfDoesNotTakeOver() {
        mayCampaign = false;
        receive(order(2, TERM));
        assertThat(transport.asked).isEmpty();
    }

    @Test
    void suspendedMemberThatWakesUpLeavesItsLeaderAlone() {
        try (var cluster = TestCluster.inMemory(3).start()) {
            long leader = cluster.awaitLeader();
            long target = cluster.otherThan(leader);
            cluster.applied(leader, "a");
            // What is on its way to the target lies still, as in the socket of a process that is suspended.
            var kept = new CopyOnWriteArrayList<Message>();
            cluster.transports().lose((from, message) -> {
                boolean order = message.getType() == MessageType.MSG_TIMEOUT_NOW;
                if (order) {
                    kept.add(message);
                }
                return order;
            });
            var outcome = TestCluster.get(cluster.replica(leader).transferLeadership(target));
            assertThat(outcome).isInstanceOf(TransferOutcome.TimedOut.class);
            cluster.transports().loseNothing();
            assertThat(kept).isNotEmpty();
            cluster.applied(leader, "b"); // it takes commands again, so it has given the hand-over up
            long term = TestCluster.get(cluster.replica(leader).status()).term();
            cluster.transports().send(leader, kept);
            await().during(Duration.ofMillis(500)).atMost(TestCluster.PATIENCE).until(() -> cluster.replica(leader)
                    .isLeader());
            assertThat(TestCluster.get(cluster.replica(leader).status()).term()).isEqualTo(term);
        }
    }

    /** Remembers what it is asked, and answers when the test does. */
    private static final class Asking implements Transport {
        private final List<Long> asked = new ArrayList<>();
        private final List<CompletableFuture<ByteString>> answers = new ArrayList<>();
        private Request question = Request.getDefaultInstance();

        @Override
        public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
            asked.add(to);
            try {
                question = Request.parseFrom(payload);
            } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
            var answer = new CompletableFuture<ByteString>();
            answers.add(answer);
            return answer;
        }

        @Override
        public void start(LocalMember self, TransportListener listener) {}

        @Override
        public void clusterIdLearned(long clusterId) {}

        @Override
        public void setPeers(Map<Long, String> addresses) {}

        @Override
        public void send(List<Message> messages) {}

        @Override
        public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable Integer port() {
            return null;
        }

        @Override
        public void close() {}
    }
}
