package io.raftboot.tool;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.EntryName;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.SystemCommand;
import java.time.Instant;

/** An entry in one line: index, term, what it is, and the name by which a member can be told to pass over it. */
final class EntryText {
    private EntryText() {}

    static String of(Entry entry) {
        return entry.getIndex() + " term " + entry.getTerm() + " named " + EntryName.of(entry) + " " + describe(entry);
    }

    private static String describe(Entry entry) {
        try {
            return switch (entry.getType()) {
                case ENTRY_NORMAL -> entry.getData().isEmpty() ? "empty" : command(Envelope.parseFrom(entry.getData()));
                case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 -> change(ConfChanges.in(entry));
            };
        } catch (InvalidProtocolBufferException | ConfChangeException e) {
            return "unreadable, " + entry.getData().size() + " bytes";
        }
    }

    private static String command(Envelope envelope) throws InvalidProtocolBufferException {
        var origin = " from node " + envelope.getAskedMember() + " at "
                + Instant.ofEpochMilli(envelope.getAgreedTimeMillis());
        if (envelope.getMachine().isEmpty()) {
            return "system " + system(SystemCommand.parseFrom(envelope.getPayload())) + origin;
        }
        if (envelope.hasOpenSession()) {
            return "session with '" + envelope.getMachine() + "' opened," + origin;
        }
        return "command for '" + envelope.getMachine() + "', "
                + envelope.getPayload().size() + " bytes," + origin + name(envelope);
    }

    /** What the state machine knows the command by, if it is sent again. */
    private static String name(Envelope envelope) {
        if (envelope.hasIdempotencyKey()) {
            return ", key '" + envelope.getIdempotencyKey().getKey().toStringUtf8() + "'";
        }
        return envelope.getSessionId() == 0
                ? ""
                : ", number " + envelope.getSessionSequence() + " of session " + envelope.getSessionId();
    }

    private static String system(SystemCommand command) {
        return switch (command.getCommandCase()) {
            case MEMBER_UP -> {
                var member = command.getMemberUp().getMember();
                yield "member " + member.getId() + " at "
                        + (member.getAddress().isEmpty() ? "no address" : member.getAddress()) + ", incarnation "
                        + Long.toHexString(member.getIncarnation()) + ",";
            }
            case BEGIN_CHANGE ->
                "change of the members begun, " + command.getBeginChange().getStepsCount() + " steps,";
            case END_CHANGE -> "change " + command.getEndChange().getChangeId() + " of the members ended,";
            case SETTLE_REMOVALS -> "removal of " + command.getSettleRemovals().getIdsList() + " settled,";
            case COMMAND_NOT_SET -> "of a newer version,";
        };
    }

    private static String change(ConfChangeV2 change) {
        return change.getChangesCount() == 0
                ? "configuration: leave joint"
                : "configuration: " + ConfChanges.describe(change.getChangesList());
    }
}
