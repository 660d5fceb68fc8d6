package io.raftboot.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Readys, messages, entries and snapshots as text, for the log lines of a driver and for recordings; the same text as that
 * of etcd-raft's {@code Describe…} functions. Ids are hexadecimal in the arrows of messages and decimal elsewhere.
 */
public final class Describe {
    private Describe() {}

    /** What there is in a Ready, a line for each field and, below its field, for each entry and message. */
    public static String ready(Ready ready) {
        StringBuilder text = new StringBuilder();
        if (ready.softState() != null) {
            text.append(softState(ready.softState())).append('\n');
        }
        if (ready.hardState() != null) {
            text.append("HardState ").append(hardState(ready.hardState())).append('\n');
        }
        if (!ready.readStates().isEmpty()) {
            String states =
                    ready.readStates().stream().map(Describe::readState).collect(Collectors.joining(" ", "[", "]"));
            text.append("ReadStates ").append(states).append('\n');
        }
        if (!ready.entries().isEmpty()) {
            text.append("Entries:\n").append(entries(ready.entries()));
        }
        if (ready.snapshot() != null) {
            text.append("Snapshot ").append(snapshot(ready.snapshot())).append('\n');
        }
        if (!ready.committedEntries().isEmpty()) {
            text.append("CommittedEntries:\n").append(entries(ready.committedEntries()));
        }
        if (!ready.messages().isEmpty()) {
            text.append("Messages:\n");
            ready.messages().forEach(message -> text.append(message(message)).append('\n'));
        }
        return text.isEmpty() ? "<empty Ready>" : "Ready MustSync=" + ready.mustSync() + ":\n" + text;
    }

    /** {@code Lead:1 State:StateLeader}. */
    public static String softState(SoftState state) {
        return "Lead:" + Long.toUnsignedString(state.leaderId()) + " State:" + LogText.name(state.role());
    }

    /** {@code Term:1 Vote:2 Commit:3}, without the vote where there is none. */
    public static String hardState(HardState state) {
        String vote = state.getVote() == 0 ? "" : " Vote:" + Long.toUnsignedString(state.getVote());
        return "Term:" + state.getTerm() + vote + " Commit:" + state.getCommit();
    }

    private static String readState(ReadState state) {
        StringBuilder bytes = new StringBuilder();
        for (byte b : state.requestContext()) {
            bytes.append(bytes.isEmpty() ? "" : " ").append(Byte.toUnsignedInt(b));
        }
        return "{" + state.index() + " [" + bytes + "]}";
    }

    /** A line for each entry. */
    public static String entries(List<Entry> entries) {
        return entries.stream().map(entry -> entry(entry) + "\n").collect(Collectors.joining());
    }

    /** {@code 1/2 EntryNormal "data"}: term, index, type, and data or changes. */
    public static String entry(Entry entry) {
        String content =
                switch (entry.getType()) {
                    case ENTRY_NORMAL -> "EntryNormal " + quoted(entry.getData());
                    case ENTRY_CONF_CHANGE -> "EntryConfChange" + changes(entry);
                    case ENTRY_CONF_CHANGE_V2 -> "EntryConfChangeV2" + changes(entry);
                };
        return entry.getTerm() + "/" + entry.getIndex() + " " + content;
    }

    private static String quoted(ByteString data) {
        return '"' + data.toStringUtf8().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String changes(Entry entry) {
        String text = ConfChanges.format(confChange(entry).getChangesList());
        return text.isEmpty() ? "" : " " + text;
    }

    /**
     * The configuration change in an entry, whichever form it has there.
     *
     * @throws IllegalArgumentException if it is an entry of another kind, or its data can't be read
     */
    static ConfChangeV2 confChange(Entry entry) {
        try {
            return switch (entry.getType()) {
                case ENTRY_CONF_CHANGE -> ConfChanges.asV2(ConfChange.parseFrom(entry.getData()));
                case ENTRY_CONF_CHANGE_V2 -> ConfChangeV2.parseFrom(entry.getData());
                case ENTRY_NORMAL -> throw new IllegalArgumentException("not a configuration change: " + entry);
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Index, term and configuration of a snapshot, not its data. */
    public static String snapshot(Snapshot snapshot) {
        var metadata = snapshot.getMetadata();
        return "Index:" + metadata.getIndex() + " Term:" + metadata.getTerm() + " ConfState:"
                + confState(metadata.getConfState());
    }

    /** {@code Voters:[1 2] VotersOutgoing:[] Learners:[3] LearnersNext:[] AutoLeave:false}. */
    public static String confState(ConfState state) {
        return "Voters:" + ids(state.getVotersList()) + " VotersOutgoing:" + ids(state.getVotersOutgoingList())
                + " Learners:" + ids(state.getLearnersList()) + " LearnersNext:" + ids(state.getLearnersNextList())
                + " AutoLeave:" + state.getAutoLeave();
    }

    private static String ids(List<Long> ids) {
        return ids.stream().map(Long::toUnsignedString).collect(Collectors.joining(" ", "[", "]"));
    }

    /** {@code 1->2 MsgApp Term:1 Log:1/4 Commit:4 Entries:[1/5 EntryNormal "data"]}: Log is the term and index before them. */
    public static String message(Message message) {
        return message("", message);
    }

    private static String message(String indent, Message message) {
        StringBuilder text = new StringBuilder(indent);
        text.append(target(message.getFrom())).append("->").append(target(message.getTo()));
        text.append(' ').append(LogText.name(message.getType()));
        text.append(" Term:").append(message.getTerm());
        text.append(" Log:").append(message.getLogTerm()).append('/').append(message.getIndex());
        if (message.getReject()) {
            text.append(" Rejected (Hint: ").append(message.getRejectHint()).append(')');
        }
        if (message.getCommit() != 0) {
            text.append(" Commit:").append(message.getCommit());
        }
        if (message.getVote() != 0) {
            text.append(" Vote:").append(Long.toUnsignedString(message.getVote()));
        }
        appendEntries(text, indent, message.getEntriesList());
        if (message.getSnapshot().getMetadata().getIndex() != 0) {
            text.append('\n').append(indent).append("  Snapshot: ").append(snapshot(message.getSnapshot()));
        }
        if (message.getResponsesCount() > 0) {
            text.append(" Responses:[");
            message.getResponsesList().forEach(response -> text.append('\n').append(message(indent + "  ", response)));
            text.append('\n').append(indent).append(']');
        }
        return text.toString();
    }

    private static void appendEntries(StringBuilder text, String indent, List<Entry> entries) {
        if (entries.size() == 1) {
            text.append(" Entries:[").append(entry(entries.get(0))).append(']');
        } else if (entries.size() > 1) {
            text.append(" Entries:[");
            entries.forEach(
                    entry -> text.append('\n').append(indent).append("  ").append(entry(entry)));
            text.append('\n').append(indent).append(']');
        }
    }

    private static String target(long id) {
        if (id == NodeIds.NONE) {
            return "None";
        }
        if (id == NodeIds.LOCAL_APPEND_THREAD) {
            return "AppendThread";
        }
        return id == NodeIds.LOCAL_APPLY_THREAD ? "ApplyThread" : Long.toHexString(id);
    }
}
