package io.raftboot.replica.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.api.event.EventType;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.EventLines;
import io.raftboot.replica.SteppedStages;
import io.raftboot.replica.duty.Duty;
import io.raftboot.storage.StorageOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The raft stage of member 1, stepped by hand. */
class RaftStageTests {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final ProposalListener WHOEVER = new ProposalListener() {
        @Override
        public void appended(long term, long index) {}

        @Override
        public void dropped(RaftException reason) {
            throw new AssertionError("the core did not take it", reason);
        }
    };

    private final List<String> calls = new ArrayList<>();
    private SteppedStages stages = new SteppedStages(3, new Noted("first"), new Noted("second"));

    RaftStageTests() throws Exception {}

    /** A duty that says when it is called upon. */
    private final class Noted implements Duty {
        private final String name;

        Noted(String name) {
            this.name = name;
        }

        @Override
        public void leaderChanged() {
            calls.add(name + ": " + stages.leadership.leaderId() + " leads");
        }

        @Override
        public void tick(long nowNanos) {
            calls.add(name + ": tick at " + nowNanos / 1_000_000);
        }

        @Override
        public void paused(long nowNanos) {
            calls.add(name + ": paused until " + nowNanos / 1_000_000);
        }

        @Override
        public void connected(long peerId) {
            calls.add(name + ": connected to " + peerId);
        }

        @Override
        public void disconnected(long peerId) {
            calls.add(name + ": disconnected from " + peerId);
        }

        @Override
        public void end(String why) {
            calls.add(name + ": " + why);
        }
    }

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    private void use(SteppedStages others) throws Exception {
        stages.close();
        stages = others;
    }

    private void passes(Duration time) {
        stages.clock.advanceMillis(time.toMillis());
        stages.raft.tick();
        stages.raft.doWork();
    }

    @Test
    void everyDutyIsCalledUponInTheOrderOfTheList() throws Exception {
        stages.raft.connected(3);
        stages.raft.disconnected(3);
        assertThat(calls).as("before the stage's turn").isEmpty();
        stages.settle();
        assertThat(calls)
                .containsExactly(
                        "first: connected to 3",
                        "second: connected to 3",
                        "first: disconnected from 3",
                        "second: disconnected from 3");
        calls.clear();
        stages.follow(2, 2);
        assertThat(calls).containsExactly("first: 2 leads", "second: 2 leads");
        calls.clear();
        stages.follow(2, 2);
        assertThat(calls).as("the same one in the same term").isEmpty();
        passes(SteppedStages.TICK);
        assertThat(calls).containsExactly("first: tick at 100", "second: tick at 100");
        calls.clear();
        stages.raft.end("the member stops");
        assertThat(calls).containsExactly("first: the member stops", "second: the member stops");
    }

    @Test
    void pauseIsNotedOnceAndBeforeTheTickThatEndsIt() {
        passes(SteppedStages.TICK);
        passes(SteppedStages.ELECTION_TIMEOUT);
        assertThat(calls).filteredOn(call -> call.contains("paused")).isEmpty();
        calls.clear();
        passes(SteppedStages.ELECTION_TIMEOUT.plusMillis(1));
        passes(SteppedStages.TICK);
        assertThat(calls)
                .containsExactly(
                        "first: paused until 2101",
                        "second: paused until 2101",
                        "first: tick at 2101",
                        "second: tick at 2101",
                        "first: tick at 2201",
                        "second: tick at 2201");
        assertThat(EventLines.of(stages.happened, EventType.PAUSE))
                .singleElement()
                .asString()
                .startsWith("WARNING the process stood still for 1001 ms");
    }

    @Test
    void votesAreAskedForOnlyWhenThisMembersOwnVoteIsDurable() throws Exception {
        stages.node.campaign();
        stages.settle();
        assertThat(stages.transport.sent(MessageType.MSG_PRE_VOTE))
                .as("changes nothing, and need not wait")
                .hasSize(2);
        stages.receive(Message.newBuilder()
                .setType(MessageType.MSG_PRE_VOTE_RESP)
                .setFrom(2)
                .setTerm(2));
        stages.raft.doWork();
        assertThat(stages.raft.view().role()).isEqualTo(RaftRole.CANDIDATE);
        assertThat(stages.transport.sent(MessageType.MSG_VOTE)).isEmpty();
        stages.logStage.doWork();
        assertThat(stages.transport.sent(MessageType.MSG_VOTE))
                .extracting(Message::getTo)
                .containsExactlyInAnyOrder(2L, 3L);
    }

    @Test
    void messagesOfOneRoundLeaveTogether() throws Exception {
        stages.node.campaign();
        stages.raft.doWork();
        assertThat(stages.transport.batches).singleElement().satisfies(batch -> assertThat(batch)
                .hasSize(2));
    }

    @Test
    void commandGoesFromItsCallerThroughAllThreeStagesAndBack() throws Exception {
        stages.lead();
        assertThat(stages.raft.view().ready()).isTrue();
        var outcome = stages.commands.submit(SteppedStages.MACHINE, "command".getBytes(UTF_8), "key", LONG);
        stages.settle();
        assertThat(outcome).as("no majority has it").isNotDone();
        stages.acknowledge();
        assertThat(stages.appliedCommands).containsExactly("command");
        assertThat(outcome).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
    }

    @Test
    void whoWaitsForThisMemberToLeadIsToldOnceItHasSeenAllThatWasCommittedBefore() throws Exception {
        stages.raft.onceReadyToLead(() -> calls.add("ready"));
        stages.win();
        assertThat(stages.raft.view().role()).isEqualTo(RaftRole.LEADER);
        assertThat(calls).doesNotContain("ready");
        stages.acknowledge();
        assertThat(calls).containsOnlyOnce("ready");
        stages.raft.onceReadyToLead(() -> calls.add("again"));
        stages.settle();
        assertThat(calls).contains("again");
    }

    private void addLearner() {
        stages.node.proposeConfChange(
                ConfChangeV2.newBuilder()
                        .addChanges(ConfChangeSingle.newBuilder()
                                .setType(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE)
                                .setNodeId(2))
                        .build(),
                WHOEVER);
    }

    @Test
    void configurationIsInForceBeforeAnythingIsSentThatFollowsFromIt() throws Exception {
        use(new SteppedStages(1));
        stages.lead();
        var learnersThen = new ArrayList<List<Long>>();
        stages.transport.onSend =
                () -> learnersThen.add(stages.links.inForce().state().getLearnersList());
        addLearner();
        stages.settle();
        assertThat(learnersThen).isNotEmpty().allSatisfy(learners -> assertThat(learners)
                .containsExactly(2L));
    }

    /** A snapshot carries the configuration as of its index: it can be taken as soon as that is known, and no later. */
    @Test
    void configurationIsGivenToTheApplyStageBeforeTheEntriesThatFollowIt() throws Exception {
        use(new SteppedStages(1));
        stages.lead();
        addLearner();
        stages.raft.doWork();
        stages.logStage.doWork();
        stages.raft.doWork();
        long changeIndex = stages.storage.reader().lastIndex();
        var outcome = stages.commands.submit(SteppedStages.MACHINE, "behind it".getBytes(UTF_8), "key", LONG);
        stages.raft.doWork();
        stages.logStage.doWork();
        var snapshot = new CompletableFuture<SnapshotOutcome>();
        stages.apply.snapshotRequested(snapshot);
        stages.apply.doWork();
        assertThat(stages.links.applied().index()).isEqualTo(changeIndex);
        assertThat(snapshot)
                .as("the core has not said yet what the change made")
                .isNotDone();
        stages.raft.doWork();
        stages.apply.doWork();
        assertThat(outcome).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
        assertThat(snapshot)
                .isCompletedWithValueMatching(
                        taken -> taken instanceof SnapshotOutcome.Taken one && one.index() == changeIndex);
    }

    @Test
    void entriesThatAreNotInMemoryAreReadBackAndGoOnFromThere() throws Exception {
        use(new SteppedStages(1, StorageOptions.defaults().withCacheSizeBytes(0)));
        stages.node.campaign();
        for (int i = 0; i < 10; i++) {
            stages.raft.doWork();
            stages.logStage.doWork();
            stages.apply.doWork();
        }
        assertThat(stages.fetches).as("asked for once").hasSize(1);
        assertThat(stages.links.applied().index()).isEqualTo(1);
        stages.fetches.remove().run();
        stages.settle();
        assertThat(stages.links.applied().index()).isEqualTo(2);
        assertThat(stages.raft.view().ready()).isTrue();
    }

    @Test
    void memberThatIsTooFarBehindGetsASnapshotThatIsTakenForIt() throws Exception {
        use(new SteppedStages(1));
        stages.lead();
        addLearner();
        stages.settle();
        var probe = stages.transport.sent(MessageType.MSG_APP).get(0);
        stages.receive(Message.newBuilder()
                .setType(MessageType.MSG_APP_RESP)
                .setFrom(2)
                .setTerm(probe.getTerm())
                .setReject(true)
                .setIndex(probe.getIndex())
                .setRejectHint(0));
        stages.tick();
        assertThat(stages.storage.snapshots().newest()).isPresent();
        stages.receive(Message.newBuilder()
                .setType(MessageType.MSG_HEARTBEAT_RESP)
                .setFrom(2)
                .setTerm(probe.getTerm()));
        stages.settle();
        assertThat(stages.transport.snapshots)
                .singleElement()
                .satisfies(sent -> assertThat(sent.message().getTo()).isEqualTo(2));
        assertThat(stages.transport.sent(MessageType.MSG_SNAP))
                .as("as a message, without its file")
                .isEmpty();
    }

    @Test
    void followerWhoseDiskHangsDoesNotCampaignUntilItIsBack() throws Exception {
        stages.follow(2, 2);
        stages.diskUnderWayNanos = 2 * SteppedStages.ELECTION_TIMEOUT.toNanos();
        for (int i = 0; i < 5 * SteppedStages.ELECTION_TICKS; i++) {
            stages.tick();
        }
        assertThat(stages.transport.sent(MessageType.MSG_PRE_VOTE)).isEmpty();
        stages.diskUnderWayNanos = 0;
        for (int i = 0; i < 3 * SteppedStages.ELECTION_TICKS; i++) {
            stages.tick();
        }
        assertThat(stages.transport.sent(MessageType.MSG_PRE_VOTE)).isNotEmpty();
    }

    @Test
    void leaderWhoseDiskHangsGoesOnTickingUntilSomebodyElseLeads() throws Exception {
        stages.lead();
        stages.diskUnderWayNanos = SteppedStages.ELECTION_TIMEOUT.toNanos() + 1;
        stages.tick();
        int before = stages.transport.sent(MessageType.MSG_HEARTBEAT).size();
        stages.tick();
        stages.tick();
        assertThat(stages.transport.sent(MessageType.MSG_HEARTBEAT)).hasSize(before + 4);
    }

    @Test
    void endAnswersAllThatWaitThoughADutyAndATaskFail() throws Exception {
        use(new SteppedStages(3, new Duty() {
            @Override
            public void end(String why) {
                throw new IllegalStateException("a duty at its end");
            }
        }));
        stages.lead();
        var appended = stages.commands.submit(SteppedStages.MACHINE, "appended".getBytes(UTF_8), "key", LONG);
        var transfer = new CompletableFuture<TransferOutcome>();
        stages.handOver.request(3L, transfer, stages.clock.nanoTime());
        stages.settle();
        var waiting = stages.commands.submit(SteppedStages.MACHINE, "waiting".getBytes(UTF_8), "key 2", LONG);
        stages.links.tasks().execute(() -> {
            throw new IllegalStateException("a task at the end");
        });
        var read = stages.reads.read(SteppedStages.MACHINE, new byte[0], ReadOptions.LINEARIZABLE);
        stages.raft.end("the member stops");
        assertThat(appended)
                .as("a majority may have it yet")
                .isCompletedWithValue(new Outcome.Unknown("the member stops"));
        assertThat(waiting).isCompletedWithValue(new Outcome.Refused(RefusalReason.NOT_RUNNING, "the member stops"));
        assertThat(read).isCompletedWithValue(new ReadOutcome.Refused(RefusalReason.NOT_RUNNING, "the member stops"));
        assertThat(transfer).isCompletedWithValue(new TransferOutcome.TimedOut("the member stops"));
        assertThat(stages.raft.view().leaderId()).isZero();
        assertThat(stages.raft.view().ready()).isFalse();
    }

    @Test
    void handOverThatNobodyTakesIsAnEventWithItsEnd() throws Exception {
        use(new SteppedStages(3));
        stages.lead();
        stages.handOver.request(3L, new CompletableFuture<>(), stages.clock.nanoTime());
        stages.settle();
        stages.clock.advanceMillis(SteppedStages.ELECTION_TIMEOUT.toMillis());
        stages.handOver.tick(stages.clock.nanoTime());
        assertThat(EventLines.of(stages.happened, EventType.HAND_OVER))
                .containsExactly(
                        "INFO node 1 hands the leadership over to node 3",
                        "WARNING node 3 did not take the leadership over within an election timeout");
    }

    @Test
    void questionOfAnotherMemberIsNotPassedOnInItsName() throws Exception {
        stages.follow(2, 2);
        stages.node.step(Message.newBuilder()
                .setType(MessageType.MSG_READ_INDEX)
                .setFrom(3)
                .setTo(1)
                .addEntries(Entry.newBuilder().setData(ByteString.copyFromUtf8("of 3")))
                .build());
        stages.settle();
        assertThat(stages.transport.sent(MessageType.MSG_READ_INDEX)).isEmpty();
        var unused = stages.reads.read(SteppedStages.MACHINE, new byte[0], ReadOptions.LINEARIZABLE);
        stages.settle();
        assertThat(stages.transport.sent(MessageType.MSG_READ_INDEX))
                .extracting(Message::getFrom)
                .containsExactly(1L);
    }
}
