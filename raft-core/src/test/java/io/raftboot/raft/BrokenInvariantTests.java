package io.raftboot.raft;

import static io.raftboot.raft.TestEntries.entries;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.storageOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** What must never happen stops the node, with a message that says what it was: the checks stay on. */
class BrokenInvariantTests {
    private final Outbox outbox = new Outbox(1, NOPLogger.NOP_LOGGER);

    private static Message.Builder message(MessageType type) {
        return Message.newBuilder().setType(type).setTo(2);
    }

    private static TestNode nodeOf(int voters) {
        return new TestNode(voters, settings -> settings);
    }

    private static TestNode leaderOf(int voters) {
        TestNode node = nodeOf(voters);
        node.elect();
        return node;
    }

    private static void assertBroken(ThrowingCallable action, String text) {
        assertThatIllegalStateException().isThrownBy(action).withMessage(text);
    }

    @Test
    void messagesCarryATermExactlyWhereTheyShould() {
        assertBroken(() -> outbox.send(message(MessageType.MSG_VOTE), 3), "term should be set when sending MsgVote");
        assertBroken(
                () -> outbox.send(message(MessageType.MSG_PRE_VOTE_RESP), 3),
                "term should be set when sending MsgPreVoteResp");
        assertBroken(
                () -> outbox.send(message(MessageType.MSG_APP).setTerm(3), 3),
                "term should not be set when sending MsgApp (was 3)");
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void onlyWhatWaitsForTheDiskMayBeForTheNodeItself() {
        outbox.send(message(MessageType.MSG_APP_RESP).setTo(1), 3);

        assertBroken(
                () -> outbox.send(message(MessageType.MSG_HEARTBEAT).setTo(1), 3),
                "message should not be self-addressed when sending MsgHeartbeat");
        assertThat(outbox.takeMessages()).isEmpty();
        assertThat(outbox.takeAfterAppend()).extracting(Message::getTerm).containsExactly(3L);
    }

    @Test
    void rolesDoNotChangeInWaysThatTheProtocolDoesNotKnow() {
        Raft leader = leaderOf(3).raw().raft();
        Raft follower = nodeOf(3).raw().raft();

        assertBroken(leader::becomeCandidate, "invalid transition [leader -> candidate]");
        assertBroken(leader::becomePreCandidate, "invalid transition [leader -> pre-candidate]");
        assertBroken(follower::becomeLeader, "invalid transition [follower -> leader]");
    }

    @Test
    void proposalWithoutEntriesIsNone() {
        Raft leader = leaderOf(1).raw().raft();

        assertBroken(() -> leader.step(message(MessageType.MSG_PROP).build()), "1 stepped empty MsgProp");
    }

    @Test
    void logIsReadOnlyWhereItIs() {
        RaftLog log = new RaftLog(storageOf(1), RaftConfig.NO_LIMIT, NOPLogger.NOP_LOGGER);
        log.append(entries(SNAPSHOT_INDEX + 1, 3, 1));

        assertBroken(() -> log.slice(13, 12, 1), "invalid slice 13 > 12");
        assertBroken(() -> log.slice(12, 15, 1), "slice[12,15) out of bound [11,13]");
        assertThatThrownBy(() -> log.slice(10, 12, 1)).isInstanceOf(CompactedException.class);
        assertBroken(
                () -> log.acceptApplying(13, 1, true),
                "applying(13) is out of range [prevApplying(10), committed(10)]");
        assertBroken(() -> log.appliedTo(9, 0), "applied(9) is out of range [prevApplied(10), committed(10)]");
    }

    /** A storage that has forgotten what it said it had. */
    private static Storage forgetful(StorageException answer) {
        MemoryStorage honest = storageOf(1);
        honest.append(entries(SNAPSHOT_INDEX + 1, 3, 1));
        return new Storage() {
            @Override
            public InitialState initialState() {
                return honest.initialState();
            }

            @Override
            public List<Entry> entries(long low, long high, long maxSizeBytes)
                    throws CompactedException, UnavailableException {
                throwAnswer();
                return List.of();
            }

            @Override
            public long term(long index) throws CompactedException, UnavailableException {
                throwAnswer();
                return 0;
            }

            private void throwAnswer() throws CompactedException, UnavailableException {
                if (answer instanceof CompactedException compacted) {
                    throw compacted;
                }
                if (answer instanceof UnavailableException unavailable) {
                    throw unavailable;
                }
            }

            @Override
            public long firstIndex() {
                return honest.firstIndex();
            }

            @Override
            public long lastIndex() {
                return honest.lastIndex();
            }

            @Override
            public Snapshot snapshot() {
                return honest.snapshot();
            }
        };
    }

    @Test
    void storageThatForgetsIsNotBelieved() {
        RaftLog compacted = new RaftLog(forgetful(new CompactedException()), 1, NOPLogger.NOP_LOGGER);
        RaftLog unavailable = new RaftLog(forgetful(new UnavailableException()), 1, NOPLogger.NOP_LOGGER);

        assertThat(compacted.term(12)).isEqualTo(Unstable.UNKNOWN_TERM);
        assertBroken(compacted::lastTerm, "unexpected error when getting the last term at index 13");
        assertBroken(() -> unavailable.slice(11, 13, 1), "entries[11:13) is unavailable from storage");
        compacted.commitTo(12);
        assertThatIllegalStateException()
                .isThrownBy(() -> compacted.nextCommittedEntries(true))
                .withMessageStartingWith("unexpected error when getting unapplied entries (");
    }

    @Test
    void configurationThatContradictsItselfIsNotStartedWith() throws Exception {
        MemoryStorage storage = new MemoryStorage();
        storage.applySnapshot(Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(5)
                        .setTerm(1)
                        .setConfState(ConfState.newBuilder().addLearners(2)))
                .build());

        assertThatIllegalStateException()
                .isThrownBy(() -> new RawNode(config(1, storage).build()))
                .withMessage("unable to restore config learners:2: removed all voters");
    }

    @Test
    void snapshotOfAConfigurationWithoutThisNodeIsIgnored() {
        TestNode node = nodeOf(3);
        Snapshot foreign = Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(SNAPSHOT_INDEX + 5)
                        .setTerm(1)
                        .setConfState(ConfState.newBuilder().addVoters(2).addVoters(3)))
                .build();

        List<Message> answers =
                node.step(TestNode.messageFrom(2, MessageType.MSG_SNAP, 1).setSnapshot(foreign));

        assertThat(answers).singleElement().satisfies(answer -> assertThat(answer.getIndex())
                .isEqualTo(SNAPSHOT_INDEX));
        assertThat(node.storage().lastIndex()).isEqualTo(SNAPSHOT_INDEX);
    }

    @Test
    void bytesInLogLinesAreReadable() {
        Entry entry = Entry.newBuilder()
                .setIndex(-1)
                .setData(ByteString.copyFromUtf8("a\"\\\n\u0001~"))
                .build();

        assertThat(LogText.text(entry)).isEqualTo("index:18446744073709551615 data:\"a\\\"\\\\\\n\\x01~\"");
    }

    @Test
    void leaderHeedsItsOwnClockMessages() throws Exception {
        TestNode leader = new TestNode(3, settings -> settings.checkQuorum(true));
        leader.elect();
        leader.acknowledge(2, SNAPSHOT_INDEX + 1);

        leader.raw().raft().step(message(MessageType.MSG_BEAT).build());
        assertThat(leader.settle()).extracting(Message::getType).containsOnly(MessageType.MSG_HEARTBEAT);
        leader.raw().raft().step(message(MessageType.MSG_CHECK_QUORUM).build());
        assertThat(leader.role()).as("one of the others has been heard of").isEqualTo(RaftRole.LEADER);
        leader.raw().raft().step(message(MessageType.MSG_CHECK_QUORUM).build());
        assertThat(leader.role()).isEqualTo(RaftRole.FOLLOWER);
    }

    @Test
    void answerToAReadThatNamesNoneIsIgnored() {
        TestNode node = nodeOf(3);

        node.step(TestNode.messageFrom(2, MessageType.MSG_READ_INDEX_RESP, 1));

        assertThat(node.raw().hasReady()).isFalse();
    }
}
