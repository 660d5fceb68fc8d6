package io.raftboot.raft;

import io.raftboot.raft.proto.MessageType;

/** Which messages come from where (etcd-raft {@code util.go}). */
final class MessageKinds {
    private MessageKinds() {}

    /** Whether a node only sends it to itself, or its storage to it. */
    static boolean isLocal(MessageType type) {
        return switch (type) {
            case MSG_HUP,
                    MSG_BEAT,
                    MSG_UNREACHABLE,
                    MSG_SNAP_STATUS,
                    MSG_CHECK_QUORUM,
                    MSG_STORAGE_APPEND,
                    MSG_STORAGE_APPEND_RESP,
                    MSG_STORAGE_APPLY,
                    MSG_STORAGE_APPLY_RESP -> true;
            default -> false;
        };
    }

    /** Whether it is an answer, which is of use only if it comes from a member. */
    static boolean isResponse(MessageType type) {
        return switch (type) {
            case MSG_APP_RESP,
                    MSG_VOTE_RESP,
                    MSG_HEARTBEAT_RESP,
                    MSG_UNREACHABLE,
                    MSG_READ_INDEX_RESP,
                    MSG_PRE_VOTE_RESP,
                    MSG_STORAGE_APPEND_RESP,
                    MSG_STORAGE_APPLY_RESP -> true;
            default -> false;
        };
    }
}
