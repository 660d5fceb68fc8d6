package io.raftboot.raft;

import static io.raftboot.raft.TestNode.messageFrom;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.storageOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A follower whose disk is slower than its leaders change: entry 11 is written, replaced, and brought again, before anything is reported. */
class LateStorageReportTests {
    private static final long INDEX = SNAPSHOT_INDEX + 1;

    private final MemoryStorage storage = storageOf(1, 2, 3);
    private final RawNode node =
            new RawNode(config(1, storage).asyncStorageWrites(true).build());

    /** The newest write, which is not done yet. */
    private Message write() {
        @Nullable Message write = null;
        while (node.hasReady()) {
            for (Message message : node.ready().messages()) {
                if (message.getType() == MessageType.MSG_STORAGE_APPEND) {
                    write = message;
                }
            }
        }
        return Objects.requireNonNull(write);
    }

    private void append(long leader, long term, long previousTerm) throws RaftException {
        node.step(messageFrom(leader, MessageType.MSG_APP, term)
                .setIndex(SNAPSHOT_INDEX)
                .setLogTerm(1)
                .addEntries(TestEntries.entry(INDEX, previousTerm))
                .build());
    }

    private static Message report(Message write) {
        List<Message> responses = write.getResponsesList();
        return responses.get(responses.size() - 1);
    }

    @Test
    void reportOfAnEarlierTermDoesNotVouchForWhatALaterWriteReplaces() throws Exception {
        append(2, 2, 2);
        Message first = write();
        append(3, 3, 3);
        Message second = write();
        append(2, 4, 2);
        write();

        storage.append(first.getEntriesList());
        node.step(report(first));
        storage.append(second.getEntriesList());
        node.step(messageFrom(2, MessageType.MSG_APP, 4)
                .setIndex(INDEX)
                .setLogTerm(2)
                .build());

        assertThat(report(first).getType()).isEqualTo(MessageType.MSG_STORAGE_APPEND_RESP);
        Message answer = write().getResponsesList().stream()
                .filter(message -> message.getType() == MessageType.MSG_APP_RESP)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        assertThat(answer.getReject()).as("it has what the leader brought last").isFalse();
        assertThat(answer.getIndex()).isEqualTo(INDEX);
    }
}
