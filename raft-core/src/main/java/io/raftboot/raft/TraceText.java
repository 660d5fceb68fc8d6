package io.raftboot.raft;

import io.raftboot.raft.TraceEvent.Detail;
import io.raftboot.raft.TraceEvent.NewVoters;
import io.raftboot.raft.TraceEvent.ProposedChange;
import io.raftboot.raft.TraceEvent.SenderProgress;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.quorum.IdSet;
import java.util.Locale;
import java.util.stream.Collectors;

/** Trace events as etcd's model reads them. Nothing in them needs to be escaped. */
final class TraceText {
    private TraceText() {}

    static String json(TraceEvent event) {
        HardState state = event.hardState();
        Message message = event.message();
        Detail detail = event.detail();
        return String.format(
                Locale.ROOT,
                "{\"name\":\"%s\",\"nid\":\"%s\",\"state\":{\"term\":%s,\"vote\":\"%s\",\"commit\":%s},\"role\":\"%s\","
                        + "\"log\":%s,\"conf\":[%s,%s]%s%s}",
                LogText.name(event.kind()),
                decimal(event.nodeId()),
                decimal(state.getTerm()),
                decimal(state.getVote()),
                decimal(state.getCommit()),
                LogText.name(event.role()),
                decimal(event.lastIndex()),
                json(event.voters().incoming().ids()),
                json(event.voters().outgoing().ids()),
                message == null ? "" : ",\"msg\":" + json(message),
                detail == null ? "" : ",\"prop\":" + json(detail));
    }

    private static String json(Message message) {
        boolean snapshot = message.getType() == MessageType.MSG_SNAP;
        SnapshotMetadata covered = message.getSnapshot().getMetadata();
        // To the model a snapshot is an append of all entries from the first on.
        return String.format(
                Locale.ROOT,
                "{\"type\":\"%s\",\"term\":%s,\"from\":\"%s\",\"to\":\"%s\",\"entries\":%s,\"logTerm\":%s,\"index\":%s,"
                        + "\"commit\":%s,\"vote\":\"%s\",\"reject\":%s,\"rejectHint\":%s}",
                LogText.name(message.getType()),
                decimal(message.getTerm()),
                decimal(message.getFrom()),
                decimal(message.getTo()),
                decimal(snapshot ? covered.getIndex() : message.getEntriesCount()),
                decimal(snapshot ? 0 : message.getLogTerm()),
                decimal(snapshot ? 0 : message.getIndex()),
                decimal(message.getCommit()),
                decimal(message.getVote()),
                message.getReject(),
                decimal(message.getRejectHint()));
    }

    private static String json(Detail detail) {
        if (detail instanceof SenderProgress progress) {
            return String.format(
                    Locale.ROOT,
                    "{\"match\":%s,\"next\":%s}",
                    decimal(progress.matchIndex()),
                    decimal(progress.nextIndex()));
        }
        if (detail instanceof ProposedChange proposed) {
            return proposed.change().getChangesList().stream()
                    .filter(TraceText::changesMembers)
                    .map(change -> String.format(
                            Locale.ROOT,
                            "{\"nid\":\"%s\",\"action\":\"%s\"}",
                            decimal(change.getNodeId()),
                            action(change)))
                    .collect(Collectors.joining(",", "{\"cc\":{\"changes\":[", "]}}"));
        }
        IdSet voters = ((NewVoters) detail).voters();
        return voters.isEmpty() ? "{\"cc\":{}}" : String.format(Locale.ROOT, "{\"cc\":{\"newconf\":%s}}", json(voters));
    }

    private static String json(IdSet ids) {
        return ids.stream().mapToObj(id -> '"' + decimal(id) + '"').collect(Collectors.joining(",", "[", "]"));
    }

    /** An update says something about a member and changes no configuration: the model knows nothing of it. */
    static boolean changesMembers(ConfChangeSingle change) {
        return !action(change).isEmpty();
    }

    private static String action(ConfChangeSingle change) {
        return switch (change.getType()) {
            case CONF_CHANGE_ADD_NODE -> "AddNewServer";
            case CONF_CHANGE_REMOVE_NODE -> "RemoveServer";
            case CONF_CHANGE_ADD_LEARNER_NODE -> "AddLearner";
            case CONF_CHANGE_UPDATE_NODE -> "";
        };
    }

    private static String decimal(long number) {
        return Long.toUnsignedString(number);
    }
}
