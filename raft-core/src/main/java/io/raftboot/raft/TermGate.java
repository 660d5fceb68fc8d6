package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import org.slf4j.Logger;

/**
 * Compares the terms of messages with the node's: a higher one moves the node on, unless it is one that must not disturb
 * it; a lower one is ignored, unless its sender would never find out (dissertation section 3.3).
 */
final class TermGate {
    private final Raft raft;
    private final Logger logger;

    TermGate(Raft raft) {
        this.raft = raft;
        this.logger = raft.logger();
    }

    /** Whether the message is for this term, possibly after moving on to it. Term 0 marks what has none. */
    boolean admits(Message message) {
        long messageTerm = message.getTerm();
        long term = raft.term();
        if (messageTerm == 0 || messageTerm == term) {
            return true;
        }
        if (messageTerm < term) {
            handleLowerTerm(message);
            return false;
        }
        if (isLateAnswerToAFollower(message)) {
            logIgnored(message, "higher");
            return false;
        }
        return switch (message.getType()) {
            case MSG_PRE_VOTE -> !raft.elections().protectsLeaderFrom(message);
            case MSG_VOTE -> {
                boolean ignored = raft.elections().protectsLeaderFrom(message);
                if (!ignored) {
                    moveToTermOf(message, NodeIds.NONE);
                }
                yield !ignored;
            }
            case MSG_PRE_VOTE_RESP -> {
                // A granted pre-vote names the term that it is asked for; only a refusal names a real one.
                if (message.getReject()) {
                    moveToTermOf(message, NodeIds.NONE);
                }
                yield true;
            }
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP -> {
                moveToTermOf(message, message.getFrom());
                yield true;
            }
            default -> {
                moveToTermOf(message, NodeIds.NONE);
                yield true;
            }
        };
    }

    /** What this node asked in another role: to follow it into a later term would release it from its leader. */
    private boolean isLateAnswerToAFollower(Message message) {
        return switch (message.getType()) {
            case MSG_APP_RESP, MSG_HEARTBEAT_RESP, MSG_VOTE_RESP, MSG_PRE_VOTE_RESP ->
                raft.role().kind() == RaftRole.FOLLOWER && raft.elections().isBound();
            default -> false;
        };
    }

    private void moveToTermOf(Message message, long newLeaderId) {
        logger.info(
                "{} [term: {}] received a {} message with higher term from {} [term: {}]",
                raft.name(),
                raft.term(),
                LogText.name(message.getType()),
                hex(message.getFrom()),
                message.getTerm());
        raft.becomeFollower(message.getTerm(), newLeaderId);
    }

    private void handleLowerTerm(Message message) {
        boolean protectsLeaders = raft.config().checkQuorum() || raft.config().preVote();
        switch (message.getType()) {
            case MSG_APP, MSG_HEARTBEAT -> {
                if (protectsLeaders) {
                    // This node got ahead of a leader that may be fine, and whose vote requests would be ignored. Its
                    // answer makes that leader give up, so that an election in a new term brings them together.
                    raft.send(raft.message(MessageType.MSG_APP_RESP, message.getFrom()));
                } else {
                    logIgnored(message, "lower");
                }
            }
            // A candidate of a lower term that is never answered could wait for ever, and all with it, while nodes
            // with pre-vote and nodes without it are mixed.
            case MSG_PRE_VOTE -> raft.elections().reject(message);
            case MSG_STORAGE_APPEND_RESP -> handleLateStorageResponse(message);
            default -> logIgnored(message, "lower");
        }
    }

    private void logIgnored(Message message, String than) {
        logger.info(
                "{} [term: {}] ignored a {} message with {} term from {} [term: {}]",
                raft.name(),
                raft.term(),
                LogText.name(message.getType()),
                than,
                hex(message.getFrom()),
                message.getTerm());
    }

    private void handleLateStorageResponse(Message message) {
        if (message.getIndex() != 0) {
            // A write that began later may be about to replace what this one reports: see StorageMessages.
            logger.info(
                    "{} [term: {}] ignored entry appends from a {} message with lower term [term: {}]",
                    raft.name(),
                    raft.term(),
                    LogText.name(message.getType()),
                    message.getTerm());
        }
        raft.handleStoredSnapshot(message);
    }
}
