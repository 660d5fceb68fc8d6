package io.raftboot.raft;

import static io.raftboot.raft.TestEntries.entries;
import static io.raftboot.raft.TestEntries.entry;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.message;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What no healthy member sends. Whatever comes of it, the log stays what it was: entries 11 to 13 of term 2 behind the
 * snapshot, of which 11 is committed; and for a leader its own first entry.
 */
class BadMessageTests {
    private static final long TERM = 2;
    private static final long COMMIT = SNAPSHOT_INDEX + 1;
    private static final long LAST_INDEX = SNAPSHOT_INDEX + 3;
    private static final long STRANGER = 9;
    private static final long HUGE = MessageChecks.MAX_NUMBER;
    /** As an unsigned number the greatest of all. */
    private static final long NEGATIVE = -1;

    private static final String LOCAL = "raft: cannot step raft local message";
    private static final String NOT_FOUND = "raft: cannot step as peer not found";
    private static final String INVALID = "raft: cannot step invalid message: ";
    private static final String BROKEN = "broken: ";

    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final RawNode node = new RawNode(config(1, storage).build());

    /** What the node does: the messages it sends, or the text of the exception. */
    private String outcomeOf(Message message) {
        try {
            node.step(message);
        } catch (RaftException e) {
            return String.valueOf(e.getMessage());
        } catch (IllegalStateException e) {
            return BROKEN + e.getMessage();
        }
        return settle();
    }

    private String settle() {
        StringBuilder sent = new StringBuilder();
        while (node.hasReady()) {
            Ready ready = node.ready();
            store(ready, storage);
            sent.append(ready.messages().stream().map(Describe::message).collect(Collectors.joining(", ")));
            node.advance();
        }
        return sent.toString();
    }

    private void checkThatLogStays(Message message, String expected) throws Exception {
        List<Entry> before = log();
        long commitBefore = node.basicStatus().hardState().getCommit();

        String actual = outcomeOf(message);

        assertThat(actual).isEqualTo(expected);
        assertThat(log()).isEqualTo(before);
        assertThat(node.raft().log().committedIndex()).isEqualTo(commitBefore);
        assertThat(node.raft().log().firstIndex()).isEqualTo(SNAPSHOT_INDEX + 1);
    }

    private List<Entry> log() throws CompactedException {
        return node.raft().log().entries(SNAPSHOT_INDEX + 1, RaftConfig.NO_LIMIT);
    }

    private void follow() throws RaftException {
        node.step(append(SNAPSHOT_INDEX, 1)
                .addAllEntries(entries(COMMIT, 3, TERM))
                .setCommit(COMMIT)
                .build());
        settle();
    }

    private void lead() throws RaftException {
        follow();
        node.campaign();
        settle();
        node.step(message(MessageType.MSG_VOTE_RESP, 2, 1, TERM + 1).build());
        settle();
    }

    static Message.Builder append(long index, long logTerm) {
        return message(MessageType.MSG_APP, 2, 1, TERM).setIndex(index).setLogTerm(logTerm);
    }

    private static Message.Builder proposal(EntryType type, ByteString data) {
        return Message.newBuilder()
                .setType(MessageType.MSG_PROP)
                .setFrom(2)
                .setTo(1)
                .addEntries(Entry.newBuilder().setType(type).setData(data));
    }

    private static Message.Builder snapshot(long index, long term, ConfState confState) {
        return message(MessageType.MSG_SNAP, 2, 1, TERM)
                .setSnapshot(Snapshot.newBuilder()
                        .setMetadata(SnapshotMetadata.newBuilder()
                                .setIndex(index)
                                .setTerm(term)
                                .setConfState(confState)));
    }

    private static ConfState voters(Long... ids) {
        return ConfState.newBuilder().addAllVoters(List.of(ids)).build();
    }

    private static Arguments row(String name, Message.Builder message, String expected) {
        return Arguments.of(name, message.build(), expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"impossibleNumbers", "brokenAppends", "wrongTypes", "strangers", "snapshots", "fromTheFuture"})
    void followerKeepsItsLog(String name, Message message, String expected) throws Exception {
        follow();

        checkThatLogStays(message, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"answers", "secondLeader", "proposals"})
    void leaderKeepsItsLog(String name, Message message, String expected) throws Exception {
        lead();

        checkThatLogStays(message, expected);
    }

    static List<Arguments> impossibleNumbers() {
        String huge = "18446744073709551615 is out of range";
        return List.of(
                row(
                        "more than can be counted to",
                        append(LAST_INDEX, TERM).setTerm(HUGE + 1),
                        INVALID + "term 4611686018427387904 is out of range"),
                row("term", append(LAST_INDEX, TERM).setTerm(NEGATIVE), INVALID + "term " + huge),
                row("log term", append(LAST_INDEX, NEGATIVE), INVALID + "log term " + huge),
                row("index", append(NEGATIVE, TERM), INVALID + "index " + huge),
                row("commit", append(LAST_INDEX, TERM).setCommit(NEGATIVE), INVALID + "commit " + huge),
                row(
                        "reject hint",
                        message(MessageType.MSG_APP_RESP, 2, 1, TERM)
                                .setReject(true)
                                .setRejectHint(NEGATIVE),
                        INVALID + "reject hint " + huge),
                row("snapshot index", snapshot(NEGATIVE, TERM, voters(1L)), INVALID + "snapshot index " + huge),
                row("snapshot term", snapshot(LAST_INDEX, NEGATIVE, voters(1L)), INVALID + "snapshot term " + huge),
                row(
                        "vote",
                        message(MessageType.MSG_VOTE, 3, 1, NEGATIVE)
                                .setIndex(HUGE)
                                .setLogTerm(HUGE),
                        INVALID + "term " + huge));
    }

    static List<Arguments> brokenAppends() {
        return List.of(
                row(
                        "gap behind the previous entry",
                        append(LAST_INDEX, TERM).addEntries(entry(LAST_INDEX + 2, TERM)),
                        INVALID + "entry 2/15 does not follow 2/13"),
                row(
                        "gap between entries",
                        append(LAST_INDEX, TERM)
                                .addEntries(entry(LAST_INDEX + 1, TERM))
                                .addEntries(entry(LAST_INDEX + 3, TERM)),
                        INVALID + "entry 2/16 does not follow 2/14"),
                row(
                        "an entry twice",
                        append(COMMIT, TERM).addEntries(entry(COMMIT + 1, TERM)).addEntries(entry(COMMIT + 1, TERM)),
                        INVALID + "entry 2/12 does not follow 2/12"),
                row(
                        "entries backwards",
                        append(COMMIT, TERM).addEntries(entry(COMMIT + 2, TERM)).addEntries(entry(COMMIT + 1, TERM)),
                        INVALID + "entry 2/13 does not follow 2/11"),
                row(
                        "term goes back",
                        append(LAST_INDEX, TERM)
                                .addEntries(entry(LAST_INDEX + 1, TERM))
                                .addEntries(entry(LAST_INDEX + 2, TERM - 1)),
                        INVALID + "entry 1/15 does not follow 2/14"),
                row(
                        "term before that of the previous entry",
                        append(LAST_INDEX, TERM).addEntries(entry(LAST_INDEX + 1, TERM - 1)),
                        INVALID + "entry 1/14 does not follow 2/13"),
                row(
                        "term after the leader's",
                        append(LAST_INDEX, TERM).addEntries(entry(LAST_INDEX + 1, TERM + 1)),
                        INVALID + "entry 3/14 is of a later term than its leader"),
                row(
                        "entry without index and term",
                        append(LAST_INDEX, TERM).addEntries(Entry.getDefaultInstance()),
                        INVALID + "entry 0/0 does not follow 2/13"),
                row(
                        "conflict with what is committed",
                        append(SNAPSHOT_INDEX, 1).setTerm(TERM + 1).addEntries(entry(COMMIT, TERM + 1)),
                        "1->2 MsgAppResp Term:3 Log:0/11"),
                row(
                        "previous entry of another term",
                        append(LAST_INDEX, TERM - 1).addEntries(entry(LAST_INDEX + 1, TERM)),
                        "1->2 MsgAppResp Term:2 Log:1/13 Rejected (Hint: 10)"));
    }

    static List<Arguments> fromTheFuture() {
        return List.of(
                row("append far behind the end", append(HUGE, TERM), rejection(HUGE)),
                row(
                        "append behind the end with entries",
                        append(LAST_INDEX + 5, TERM).addAllEntries(entries(LAST_INDEX + 6, 2, TERM)),
                        rejection(LAST_INDEX + 5)),
                row(
                        "commit behind what is appended stops at the end of what is known to match",
                        append(COMMIT, TERM).setCommit(HUGE),
                        "1->2 MsgAppResp Term:2 Log:0/11"),
                row(
                        "heartbeat that commits what is not there",
                        message(MessageType.MSG_HEARTBEAT, 2, 1, TERM).setCommit(LAST_INDEX + 1),
                        BROKEN
                                + "tocommit(14) is out of range [lastIndex(13)]. Was the raft log corrupted, truncated, or lost?"),
                row(
                        "heartbeat of the last term there is",
                        message(MessageType.MSG_HEARTBEAT, 3, 1, HUGE),
                        "1->3 MsgHeartbeatResp Term:" + HUGE + " Log:0/0"),
                row(
                        "vote request with less of a log",
                        message(MessageType.MSG_VOTE, 3, 1, HUGE).setIndex(HUGE).setLogTerm(TERM - 1),
                        "1->3 MsgVoteResp Term:" + HUGE + " Log:0/0 Rejected (Hint: 0)"));
    }

    private static String rejection(long index) {
        return "1->2 MsgAppResp Term:2 Log:2/" + index + " Rejected (Hint: 13)";
    }

    static List<Arguments> wrongTypes() {
        return List.of(
                row("no type", Message.newBuilder().setFrom(2).setTo(1).setTerm(TERM), LOCAL),
                row(
                        "a type of another version",
                        Message.newBuilder()
                                .setUnknownFields(unknownFields(Message.TYPE_FIELD_NUMBER))
                                .setFrom(2),
                        LOCAL),
                row("MsgHup", message(MessageType.MSG_HUP, 2, 1, TERM), LOCAL),
                row("MsgBeat", message(MessageType.MSG_BEAT, 2, 1, TERM), LOCAL),
                row("MsgUnreachable", message(MessageType.MSG_UNREACHABLE, 2, 1, TERM), LOCAL),
                row("MsgSnapStatus", message(MessageType.MSG_SNAP_STATUS, 2, 1, TERM), LOCAL),
                row("MsgCheckQuorum", message(MessageType.MSG_CHECK_QUORUM, 2, 1, TERM), LOCAL),
                row("MsgStorageAppend", message(MessageType.MSG_STORAGE_APPEND, 2, 1, TERM), LOCAL),
                row("MsgStorageApply", message(MessageType.MSG_STORAGE_APPLY, 2, 1, 0), LOCAL),
                row(
                        "MsgStorageAppendResp",
                        message(MessageType.MSG_STORAGE_APPEND_RESP, 2, 1, TERM)
                                .setIndex(LAST_INDEX)
                                .setLogTerm(TERM),
                        LOCAL),
                row(
                        "MsgStorageApplyResp",
                        message(MessageType.MSG_STORAGE_APPLY_RESP, 2, 1, 0).addEntries(entry(LAST_INDEX, TERM)),
                        LOCAL),
                row(
                        "proposal without entries",
                        message(MessageType.MSG_PROP, 2, 1, 0),
                        INVALID + "a proposal without entries"),
                row(
                        "proposal with a term",
                        proposal(EntryType.ENTRY_NORMAL, ByteString.EMPTY).setTerm(TERM),
                        BROKEN + "term should not be set when sending MsgProp (was 2)"),
                row(
                        "read without context",
                        message(MessageType.MSG_READ_INDEX, 2, 1, 0),
                        INVALID + "a read has one entry, which is its context"),
                row("answer to a read without context", message(MessageType.MSG_READ_INDEX_RESP, 2, 1, TERM), ""),
                row(
                        "vote request without a term",
                        message(MessageType.MSG_VOTE, 3, 1, 0)
                                .setIndex(LAST_INDEX)
                                .setLogTerm(TERM),
                        "1->3 MsgVoteResp Term:2 Log:0/0 Rejected (Hint: 0)"));
    }

    static List<Arguments> strangers() {
        return List.of(
                row("append response", message(MessageType.MSG_APP_RESP, STRANGER, 1, TERM), NOT_FOUND),
                row("heartbeat response", message(MessageType.MSG_HEARTBEAT_RESP, STRANGER, 1, TERM), NOT_FOUND),
                row("vote", message(MessageType.MSG_VOTE_RESP, STRANGER, 1, TERM + 1), NOT_FOUND),
                row("pre-vote", message(MessageType.MSG_PRE_VOTE_RESP, STRANGER, 1, TERM + 1), NOT_FOUND),
                row("answer to a read", message(MessageType.MSG_READ_INDEX_RESP, STRANGER, 1, TERM), NOT_FOUND),
                row("old append", append(LAST_INDEX, TERM - 1).setFrom(STRANGER).setTerm(TERM - 1), ""),
                row(
                        "vote request with an old log",
                        message(MessageType.MSG_VOTE, STRANGER, 1, TERM + 1),
                        "1->9 MsgVoteResp Term:3 Log:0/0 Rejected (Hint: 0)"));
    }

    static List<Arguments> snapshots() {
        ConfState overlapping = voters(1L, 2L).toBuilder().addLearners(1).build();
        ConfState onlyOutgoing = ConfState.newBuilder().addVotersOutgoing(1).build();
        return List.of(
                row("without snapshot", message(MessageType.MSG_SNAP, 2, 1, TERM), "1->2 MsgAppResp Term:2 Log:0/11"),
                row(
                        "without metadata",
                        message(MessageType.MSG_SNAP, 2, 1, TERM).setSnapshot(Snapshot.getDefaultInstance()),
                        "1->2 MsgAppResp Term:2 Log:0/11"),
                row(
                        "without configuration",
                        snapshot(LAST_INDEX + 5, TERM, ConfState.getDefaultInstance()),
                        "1->2 MsgAppResp Term:2 Log:0/11"),
                row(
                        "of a configuration without this node",
                        snapshot(LAST_INDEX + 5, TERM, voters(2L, 3L)),
                        "1->2 MsgAppResp Term:2 Log:0/11"),
                row("of what is committed", snapshot(COMMIT, TERM, voters(1L, 2L)), "1->2 MsgAppResp Term:2 Log:0/11"),
                row(
                        "of an older term",
                        snapshot(LAST_INDEX + 5, TERM - 1, voters(1L, 2L)).setTerm(TERM - 1),
                        ""),
                row(
                        "of a term that its leader has not reached",
                        snapshot(LAST_INDEX + 5, TERM + 1, voters(1L, 2L)),
                        INVALID + "snapshot of a term that its leader can't have had"),
                row(
                        "of no term",
                        snapshot(LAST_INDEX + 5, 0, voters(1L, 2L)),
                        INVALID + "snapshot of a term that its leader can't have had"),
                row(
                        "voter that is a learner too",
                        snapshot(LAST_INDEX + 5, TERM, overlapping),
                        INVALID + "snapshot with a configuration that can't be: a member is named more than once"),
                row(
                        "joint configuration without incoming voters",
                        snapshot(LAST_INDEX + 5, TERM, onlyOutgoing),
                        INVALID + "snapshot with a configuration that can't be: removed all voters"));
    }

    private static Message.Builder answer(long index) {
        return message(MessageType.MSG_APP_RESP, 2, 1, TERM + 1).setIndex(index);
    }

    private static Message.Builder heartbeatAnswer(ByteString context) {
        return message(MessageType.MSG_HEARTBEAT_RESP, 2, 1, TERM + 1).setContext(context);
    }

    static List<Arguments> answers() {
        String probe = "1->2 MsgApp Term:3 Log:2/13 Commit:11 Entries:[3/14 EntryNormal \"\"]";
        ByteString farAhead = ByteString.copyFrom(new byte[] {9, 9, 9, 9, 9, 9, 9, 0x7f});
        return List.of(
                row(
                        "rejects what was never sent",
                        answer(HUGE).setReject(true).setRejectHint(HUGE).setLogTerm(HUGE),
                        ""),
                row("rejects what lies before the log", answer(0).setReject(true), ""),
                row("is of the last term there is", answer(LAST_INDEX).setTerm(HUGE), ""),
                row("is of a former term", answer(LAST_INDEX).setTerm(TERM), ""),
                row("confirms reads by something else", heartbeatAnswer(ByteString.copyFromUtf8("abc")), probe),
                row("confirms reads that nobody asked for", heartbeatAnswer(farAhead), probe),
                row("votes again", message(MessageType.MSG_VOTE_RESP, 2, 1, TERM + 1), ""));
    }

    static List<Arguments> secondLeader() {
        return List.of(
                row(
                        "append",
                        append(LAST_INDEX, TERM)
                                .setTerm(TERM + 1)
                                .addEntries(entry(LAST_INDEX + 1, TERM + 1))
                                .setCommit(LAST_INDEX + 1),
                        ""),
                row(
                        "snapshot",
                        snapshot(LAST_INDEX + 5, TERM + 1, voters(1L, 2L)).setTerm(TERM + 1),
                        ""),
                row(
                        "heartbeat",
                        message(MessageType.MSG_HEARTBEAT, 2, 1, TERM + 1).setCommit(HUGE),
                        ""),
                row("call to take over", message(MessageType.MSG_TIMEOUT_NOW, 2, 1, TERM + 1), ""),
                row("transfer to a stranger", message(MessageType.MSG_TRANSFER_LEADER, STRANGER, 1, TERM + 1), ""));
    }

    static List<Arguments> proposals() {
        ByteString garbage = ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2});
        return List.of(
                row(
                        "unreadable change",
                        proposal(EntryType.ENTRY_CONF_CHANGE_V2, garbage),
                        INVALID + "configuration change with unreadable data"),
                row(
                        "unreadable change of the older form",
                        proposal(EntryType.ENTRY_CONF_CHANGE, garbage),
                        INVALID + "configuration change with unreadable data"),
                row(
                        "change of another version",
                        proposal(EntryType.ENTRY_CONF_CHANGE_V2, unknown(ConfChangeV2.TRANSITION_FIELD_NUMBER)),
                        INVALID + "unexpected transition [99]"),
                row(
                        "change of another version in the older form",
                        proposal(EntryType.ENTRY_CONF_CHANGE, unknown(ConfChange.TYPE_FIELD_NUMBER)),
                        INVALID + "unexpected conf type [99]"),
                row(
                        "change with a part of another version",
                        proposal(
                                EntryType.ENTRY_CONF_CHANGE_V2,
                                ConfChangeV2.newBuilder()
                                        .addChanges(partOfAnotherVersion())
                                        .build()
                                        .toByteString()),
                        INVALID + "unexpected conf type [99]"));
    }

    private static ConfChangeSingle partOfAnotherVersion() {
        return ConfChangeSingle.newBuilder()
                .setNodeId(2)
                .setUnknownFields(unknownFields(ConfChangeSingle.TYPE_FIELD_NUMBER))
                .build();
    }

    private static ByteString unknown(int field) {
        return unknownFields(field).toByteString();
    }

    /** A value that is none of the field's constants. */
    private static UnknownFieldSet unknownFields(int field) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        field, UnknownFieldSet.Field.newBuilder().addVarint(99).build())
                .build();
    }

    @Test
    void falseAcknowledgementCommitsNothingBeyondTheLog() throws Exception {
        for (long index : new long[] {LAST_INDEX + 50, HUGE}) {
            BadMessageTests each = new BadMessageTests();
            each.lead();
            List<Entry> before = each.log();

            each.outcomeOf(answer(index).build());

            assertThat(each.log()).isEqualTo(before);
            assertThat(each.node.raft().log().committedIndex()).isLessThanOrEqualTo(LAST_INDEX + 1);
        }
    }

    @Test
    void changeOfAnotherVersionIsNotTakenForAVoterToBeAdded() {
        ConfChangeV2 change =
                ConfChangeV2.newBuilder().addChanges(partOfAnotherVersion()).build();

        assertThatThrownBy(() -> node.applyConfChange(change))
                .isInstanceOf(ConfChangeException.class)
                .hasMessage("unexpected conf type [99]");
    }
}
