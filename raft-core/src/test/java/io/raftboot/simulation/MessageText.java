package io.raftboot.simulation;

import io.raftboot.raft.proto.Message;

/** Messages as a trace has them: what kind, which term, and which indexes. */
final class MessageText {
    private MessageText() {}

    static String of(Message message) {
        var text = new StringBuilder()
                .append(message.getFrom())
                .append("->")
                .append(message.getTo())
                .append(' ')
                .append(message.getType())
                .append(" term ")
                .append(message.getTerm())
                .append(" index ")
                .append(message.getLogTerm())
                .append('/')
                .append(message.getIndex())
                .append(" commit ")
                .append(message.getCommit())
                .append(" entries ")
                .append(message.getEntriesCount());
        if (message.getReject()) {
            text.append(" rejects, hint ").append(message.getRejectHint());
        }
        if (message.hasSnapshot()) {
            text.append(" snapshot ").append(message.getSnapshot().getMetadata().getIndex());
        }
        return text.toString();
    }
}
