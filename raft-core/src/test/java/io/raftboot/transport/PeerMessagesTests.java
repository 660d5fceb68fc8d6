package io.raftboot.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.NodeIds;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeerMessagesTests {
    private static final Set<MessageType> AMONG_PEERS = EnumSet.of(
            MessageType.MSG_APP,
            MessageType.MSG_APP_RESP,
            MessageType.MSG_VOTE,
            MessageType.MSG_VOTE_RESP,
            MessageType.MSG_PRE_VOTE,
            MessageType.MSG_PRE_VOTE_RESP,
            MessageType.MSG_HEARTBEAT,
            MessageType.MSG_HEARTBEAT_RESP,
            MessageType.MSG_TRANSFER_LEADER,
            MessageType.MSG_TIMEOUT_NOW,
            MessageType.MSG_READ_INDEX,
            MessageType.MSG_READ_INDEX_RESP);

    private static Message message(MessageType type, long from, long to) {
        return Message.newBuilder().setType(type).setFrom(from).setTo(to).build();
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void onlyWhatMembersTellEachOtherPasses(MessageType type) {
        assertThat(PeerMessages.mayCome(message(type, 2, 1), 2, 1)).isEqualTo(AMONG_PEERS.contains(type));
        assertThat(PeerMessages.mayOffer(message(type, 2, 1), 2, 1)).isEqualTo(type == MessageType.MSG_SNAP);
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void nothingPassesInTheNameOfTheOwnStorageOrToAnybodyElse(MessageType type) {
        for (long from : new long[] {0, -3, NodeIds.LOCAL_APPEND_THREAD, NodeIds.LOCAL_APPLY_THREAD, Long.MIN_VALUE}) {
            assertThat(PeerMessages.mayCome(message(type, from, 1), 2, 1)).isFalse();
            assertThat(PeerMessages.mayOffer(message(type, from, 1), 2, 1)).isFalse();
        }
        for (long to : new long[] {0, 3, NodeIds.LOCAL_APPEND_THREAD, NodeIds.LOCAL_APPLY_THREAD}) {
            assertThat(PeerMessages.mayCome(message(type, 2, to), 2, 1)).isFalse();
            assertThat(PeerMessages.mayOffer(message(type, 2, to), 2, 1)).isFalse();
        }
        boolean passedOn = type == MessageType.MSG_TRANSFER_LEADER;
        assertThat(PeerMessages.mayCome(message(type, 3, 1), 2, 1)).isEqualTo(passedOn);
    }

    @Test
    void whatTheOwnStorageWouldAnswerPassesInNoMessage() {
        var append = message(MessageType.MSG_APP, 2, 1).toBuilder()
                .addResponses(message(MessageType.MSG_STORAGE_APPEND_RESP, NodeIds.LOCAL_APPEND_THREAD, 1))
                .build();
        assertThat(PeerMessages.mayCome(append, 2, 1)).isFalse();
    }
}
