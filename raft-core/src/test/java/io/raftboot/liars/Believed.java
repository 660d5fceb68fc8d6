package io.raftboot.liars;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.proto.Request;
import io.raftboot.transport.proto.Frame;

/**
 * What raft believes its members, since it has to: a leader of a later term, an acknowledgement, a wish to hand over, a command, a
 * change of the members. Who has the key of a member can say that, as docs/security.md tells; it is left out where nothing may move.
 */
final class Believed {
    /** As far as a group may have come in terms while a member was away. */
    private static final long MOST_TERMS_AHEAD = 1L << 32;

    /** No index of a test gets as far as that. */
    private static final long FAR_INDEX = 1L << 30;

    private Believed() {}

    static boolean in(Frame frame, long term) {
        return frame.getMessagesList().stream().anyMatch(message -> isBelieved(message, term))
                || frame.getRequestsList().stream()
                        .anyMatch(request -> isBelieved(request.getPayload().toByteArray()));
    }

    private static boolean isBelieved(Message message, long term) {
        long ahead = message.getTerm() - term;
        if (message.getTerm() <= 0 || ahead < 0 || ahead > MOST_TERMS_AHEAD) {
            return false;
        }
        if (ahead > 0) {
            // Who hears a leader gives no vote, unless that leader wants it.
            boolean vote = message.getType() == MessageType.MSG_VOTE || message.getType() == MessageType.MSG_PRE_VOTE;
            return !vote || message.getContext().toStringUtf8().equals("CampaignTransfer");
        }
        return switch (message.getType()) {
            case MSG_APP_RESP -> !message.getReject() && message.getIndex() > 0 && message.getIndex() < FAR_INDEX;
            case MSG_TRANSFER_LEADER -> true;
            default -> false;
        };
    }

    private static boolean isBelieved(byte[] payload) {
        try {
            var request = Request.parseFrom(payload);
            return switch (request.getRequestCase()) {
                case SUBMIT ->
                    request.getSubmit().getCommandsList().stream().anyMatch(command -> command.getFormatVersion() != 0);
                case MEMBERSHIP, JOIN -> true;
                default -> false;
            };
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }
}
