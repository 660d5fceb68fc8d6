package io.raftboot.transport;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;

/**
 * Which messages a member may be sent by another one. Everything else is kept from the core, which takes what comes from its own
 * storage, its own application or itself at its word.
 */
public final class PeerMessages {
    private PeerMessages() {}

    /** Whether the peer may say this to this member on a stream. */
    public static boolean mayCome(Message message, long peerId, long selfId) {
        return message.getTo() == selfId
                && message.getResponsesCount() == 0
                && isSender(message, peerId)
                && goesOnStreams(message.getType());
    }

    /** Whether the peer may offer a file with this message. */
    public static boolean mayOffer(Message message, long peerId, long selfId) {
        return message.getTo() == selfId
                && message.getFrom() == peerId
                && message.getType() == MessageType.MSG_SNAP
                && message.getResponsesCount() == 0
                && message.getEntriesCount() == 0;
    }

    /** A follower passes on a request to transfer the leadership, which names the transferee, a member, as its sender. */
    private static boolean isSender(Message message, long peerId) {
        return message.getType() == MessageType.MSG_TRANSFER_LEADER
                ? MemberIds.isMember(message.getFrom())
                : message.getFrom() == peerId;
    }

    private static boolean goesOnStreams(MessageType type) {
        return switch (type) {
            case MSG_APP,
                    MSG_APP_RESP,
                    MSG_VOTE,
                    MSG_VOTE_RESP,
                    MSG_PRE_VOTE,
                    MSG_PRE_VOTE_RESP,
                    MSG_HEARTBEAT,
                    MSG_HEARTBEAT_RESP,
                    MSG_TRANSFER_LEADER,
                    MSG_TIMEOUT_NOW,
                    MSG_READ_INDEX,
                    MSG_READ_INDEX_RESP -> true;
            // It comes behind its file, which has a connection of its own.
            case MSG_SNAP -> false;
            // What is proposed travels as a request, which has an answer, and is looked at before it is appended.
            case MSG_PROP -> false;
            // From a node to itself, from its application or its storage.
            case MSG_HUP,
                    MSG_BEAT,
                    MSG_UNREACHABLE,
                    MSG_SNAP_STATUS,
                    MSG_CHECK_QUORUM,
                    MSG_FORGET_LEADER,
                    MSG_STORAGE_APPEND,
                    MSG_STORAGE_APPEND_RESP,
                    MSG_STORAGE_APPLY,
                    MSG_STORAGE_APPLY_RESP -> false;
        };
    }
}
