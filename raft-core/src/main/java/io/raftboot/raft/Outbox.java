package io.raftboot.raft;

import io.raftboot.raft.proto.Message;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/**
 * The messages that the next {@link Ready} takes along. Some vouch for what this node has in its log or for its vote, so
 * they must not leave before that is on disk: they wait for everything unstable at the time, including what is being
 * written already. Those may be addressed to this very node, which then counts its own vote or acknowledgement; all
 * others never are.
 */
final class Outbox {
    private final long nodeId;
    private final Logger logger;
    private List<Message> messages = new ArrayList<>();
    private List<Message> afterAppend = new ArrayList<>();

    Outbox(long nodeId, Logger logger) {
        this.nodeId = nodeId;
        this.logger = logger;
    }

    /**
     * Takes a message, in the name of the node if it is in nobody's yet, and of that term where it has one: votes bring
     * their own; proposals and reads have none, because on their way to the leader they are nobody's in particular.
     */
    void send(Message.Builder message, long term) {
        if (message.getFrom() == NodeIds.NONE) {
            message.setFrom(nodeId);
        }
        switch (message.getType()) {
            case MSG_VOTE, MSG_PRE_VOTE -> {
                checkTermIsSet(message);
                messages.add(message.build());
            }
            case MSG_VOTE_RESP, MSG_PRE_VOTE_RESP -> {
                checkTermIsSet(message);
                afterAppend.add(message.build());
            }
            case MSG_APP_RESP -> {
                checkTermIsUnset(message);
                afterAppend.add(message.setTerm(term).build());
            }
            case MSG_PROP, MSG_READ_INDEX -> {
                checkTermIsUnset(message);
                addForOther(message);
            }
            default -> {
                checkTermIsUnset(message);
                addForOther(message.setTerm(term));
            }
        }
    }

    private void addForOther(Message.Builder message) {
        if (message.getTo() == nodeId) {
            throw Invariants.broken(
                    logger, "message should not be self-addressed when sending " + LogText.name(message.getType()));
        }
        messages.add(message.build());
    }

    private void checkTermIsSet(Message.Builder message) {
        if (message.getTerm() == 0) {
            throw Invariants.broken(logger, "term should be set when sending " + LogText.name(message.getType()));
        }
    }

    private void checkTermIsUnset(Message.Builder message) {
        if (message.getTerm() != 0) {
            throw Invariants.broken(
                    logger,
                    "term should not be set when sending " + LogText.name(message.getType()) + " (was "
                            + message.getTerm() + ")");
        }
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
