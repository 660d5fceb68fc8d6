package io.raftboot.raft;

import io.raftboot.raft.proto.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages that the next {@link Ready} takes along. Some vouch for what this node has in its log or for its vote, so
 * they must not leave before that is on disk: they wait for everything unstable at the time, including what is being
 * written already. Those may be addressed to this very node, which then counts its own vote or acknowledgement; all
 * others never are.
 */
final class Outbox {
    private List<Message> messages = new ArrayList<>();
    private List<Message> afterAppend = new ArrayList<>();

    void add(Message message) {
        messages.add(message);
    }

    void addAfterAppend(Message message) {
        afterAppend.add(message);
    }

    boolean isEmpty() {
        return messages.isEmpty() && afterAppend.isEmpty();
    }

    /** Hands the messages over, as a list that the caller may add to. */
    List<Message> takeMessages() {
        List<Message> taken = messages;
        messages = new ArrayList<>();
        return taken;
    }

    /** Hands the messages over that have to wait for the disk. */
    List<Message> takeAfterAppend() {
        if (afterAppend.isEmpty()) {
            return List.of();
        }
        List<Message> taken = afterAppend;
        afterAppend = new ArrayList<>();
        return taken;
    }
}
