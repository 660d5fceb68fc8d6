package io.raftboot.raft;

import static io.raftboot.raft.TestGroup.BASE;
import static io.raftboot.raft.TestNode.messageFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.tracker.ProgressState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Log compaction: section 7 of the paper, chapter 5 of the dissertation. */
class LogCompactionPaperTests {
    private static Snapshot snapshot(long index, long term, long... voters) {
        ConfState.Builder confState = ConfState.newBuilder();
        for (long voter : voters) {
            confState.addVoters(voter);
        }
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(index)
                        .setTerm(term)
                        .setConfState(confState))
                .build();
    }

    /** The leader sends a snapshot to a follower that needs an entry which it has discarded already. */
    @Test
    void followerThatNeedsDiscardedEntriesGetsASnapshot() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        group.cut(3);
        group.propose(1, "a");
        group.propose(1, "b");
        group.storage(1).compact(group.commit(1));

        group.heal();
        group.tick(1, TestNodes.HEARTBEAT_TICKS);
        group.settle();

        assertThat(group.storage(3).firstIndex()).isEqualTo(group.commit(1) + 1);
        assertThat(group.storage(3).snapshot().getData().toStringUtf8()).isEqualTo("ab");
        assertThat(group.progress(1, 3).state()).isEqualTo(ProgressState.REPLICATE);
        assertThat(group.commit(3)).isEqualTo(group.commit(1));
    }

    /** A storage of its own thread may discard entries at any time, also between two questions of one step. */
    @Test
    void entriesThatAreDiscardedBetweenTwoQuestionsLeadToASnapshot() throws Exception {
        MemoryStorage log = TestNodes.storageOf(1, 2, 3);
        DiscardingStorage storage = new DiscardingStorage(log);
        RawNode leader = new RawNode(TestNodes.config(1, storage).build());
        leader.campaign();
        settle(leader, log);
        leader.step(messageFrom(2, MessageType.MSG_VOTE_RESP, 1).build());
        settle(leader, log);
        leader.step(
                messageFrom(2, MessageType.MSG_APP_RESP, 1).setIndex(BASE + 1).build());
        settle(leader, log);

        storage.discardsWhenAsked = true;
        leader.step(messageFrom(3, MessageType.MSG_HEARTBEAT_RESP, 1).build());

        assertThat(settle(leader, log)).singleElement().satisfies(message -> {
            assertThat(message.getType()).isEqualTo(MessageType.MSG_SNAP);
            assertThat(message.getSnapshot().getMetadata().getIndex()).isEqualTo(BASE + 1);
        });
    }

    private static List<Message> settle(RawNode node, MemoryStorage log) {
        List<Message> sent = new ArrayList<>();
        while (node.hasReady()) {
            Ready ready = node.ready();
            TestNodes.store(ready, log);
            sent.addAll(ready.messages());
            node.advance();
        }
        return sent;
    }

    /** A log that loses all of its entries to a snapshot at the moment when somebody asks for some. */
    private static final class DiscardingStorage implements Storage {
        private final MemoryStorage log;
        private boolean discardsWhenAsked;

        DiscardingStorage(MemoryStorage log) {
            this.log = log;
        }

        @Override
        public InitialState initialState() {
            return log.initialState();
        }

        @Override
        public List<Entry> entries(long low, long high, long maxSizeBytes)
                throws CompactedException, UnavailableException {
            if (discardsWhenAsked) {
                log.compact(log.lastIndex());
            }
            return log.entries(low, high, maxSizeBytes);
        }

        @Override
        public long term(long index) throws CompactedException, UnavailableException {
            return log.term(index);
        }

        @Override
        public long firstIndex() {
            return log.firstIndex();
        }

        @Override
        public long lastIndex() {
            return log.lastIndex();
        }

        @Override
        public Snapshot snapshot() {
            return LogCompactionPaperTests.snapshot(log.firstIndex() - 1, 1, 1, 2, 3);
        }
    }

    /** What lies inside the snapshot is committed, so that nobody has to compare it: the leader is told how far that goes. */
    @Test
    void appendThatBeginsInsideTheSnapshotIsAcknowledgedUpToWhatIsCommitted() {
        TestNode follower = new TestNode(3, UnaryOperator.identity());

        List<Message> answers = follower.step(messageFrom(2, MessageType.MSG_APP, 2)
                .setIndex(BASE - 2)
                .setLogTerm(1)
                .addEntries(TestEntries.entry(BASE - 1, 1))
                .addEntries(TestEntries.entry(BASE, 1)));

        assertThat(answers).singleElement().satisfies(answer -> {
            assertThat(answer.getReject()).isFalse();
            assertThat(answer.getIndex()).isEqualTo(BASE);
        });
    }

    /** The last included index and term stay known, for the consistency check of the first entry behind them. */
    @Test
    void entryBehindTheSnapshotIsCheckedAgainstItsIndexAndTerm() {
        TestNode follower = new TestNode(3, UnaryOperator.identity());

        Message.Builder wrong =
                messageFrom(2, MessageType.MSG_APP, 2).setIndex(BASE).setLogTerm(2);
        Message.Builder right =
                messageFrom(2, MessageType.MSG_APP, 2).setIndex(BASE).setLogTerm(1);

        assertThat(follower.step(wrong.addEntries(TestEntries.entry(BASE + 1, 2))))
                .singleElement()
                .satisfies(answer -> assertThat(answer.getReject()).isTrue());
        assertThat(follower.step(right.addEntries(TestEntries.entry(BASE + 1, 2))))
                .singleElement()
                .satisfies(answer -> assertThat(answer.getReject()).isFalse());
    }

    /** A snapshot with new information replaces the whole log, also entries that conflict with it. */
    @Test
    void snapshotReplacesALogThatItGoesBeyond() {
        TestNode follower = new TestNode(3, 2, new long[] {2, 2, 2}, UnaryOperator.identity());

        List<Message> answers =
                follower.step(messageFrom(2, MessageType.MSG_SNAP, 4).setSnapshot(snapshot(BASE + 3, 3, 1, 2, 3)));

        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.getIndex())
                .isEqualTo(BASE + 3));
        assertThat(follower.storage().firstIndex()).isEqualTo(BASE + 4);
        assertThat(follower.commit()).isEqualTo(BASE + 3);
    }

    /** A snapshot that describes a prefix of the log: what it covers is committed, and what follows is retained. */
    @Test
    void snapshotOfAPrefixKeepsWhatFollows() {
        TestNode follower = new TestNode(3, 2, new long[] {2, 2, 2}, UnaryOperator.identity());

        List<Message> answers =
                follower.step(messageFrom(2, MessageType.MSG_SNAP, 4).setSnapshot(snapshot(BASE + 2, 2, 1, 2, 3)));

        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.getIndex())
                .isEqualTo(BASE + 2));
        assertThat(follower.commit()).isEqualTo(BASE + 2);
        assertThat(follower.applied()).hasSize(2);
        assertThat(follower.storage().lastIndex()).isEqualTo(BASE + 3);
    }

    /** A snapshot that is behind what is committed, sent again or late, changes nothing. */
    @Test
    void snapshotBehindTheCommitIndexIsOfNoEffect() {
        TestNode follower = new TestNode(3, 2, new long[] {2, 2, 2}, UnaryOperator.identity());
        follower.step(messageFrom(2, MessageType.MSG_HEARTBEAT, 2).setCommit(BASE + 3));

        List<Message> answers =
                follower.step(messageFrom(2, MessageType.MSG_SNAP, 2).setSnapshot(snapshot(BASE + 2, 1, 1, 2)));

        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.getIndex())
                .isEqualTo(BASE + 3));
        assertThat(follower.storage().lastIndex()).isEqualTo(BASE + 3);
        assertThat(follower.raw().status().config().voters().ids().toList()).containsExactly(1L, 2L, 3L);
    }

    /** The configuration that a snapshot brings may have less for its receiver than it had. */
    @Test
    void snapshotMakesALearnerOfAVoter() {
        TestNode follower = new TestNode(3, UnaryOperator.identity());
        Snapshot.Builder snapshot = snapshot(BASE + 3, 2, 2, 3).toBuilder();
        snapshot.getMetadataBuilder().getConfStateBuilder().addLearners(1);

        List<Message> answers =
                follower.step(messageFrom(2, MessageType.MSG_SNAP, 2).setSnapshot(snapshot));

        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.getIndex())
                .isEqualTo(BASE + 3));
        assertThat(follower.raw().status().config()).hasToString("voters=(2 3) learners=(1)");
    }

    /** The snapshot includes the latest configuration, as of its last included index. */
    @Test
    void snapshotBringsTheConfiguration() throws Exception {
        TestGroup group = new TestGroup(3);
        group.elect(1);
        long fourth = group.addEmptyNode();
        group.change(1, ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO, "l4");

        assertThat(group.node(fourth).status().config()).hasToString("voters=(1 2 3) learners=(4)");
        assertThat(group.storage(fourth).snapshot().getMetadata().getConfState().getLearnersList())
                .containsExactly(4L);
    }
}
