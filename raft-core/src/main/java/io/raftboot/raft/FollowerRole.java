package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.ProposalDroppedException.Reason;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import org.slf4j.Logger;

/** Takes what the leader sends, sends the leader what is asked for here, and campaigns when the leader falls silent. */
final class FollowerRole extends Role {
    private final RaftLog log;
    private final Logger logger;

    FollowerRole(Raft raft) {
        super(raft);
        this.log = raft.log();
        this.logger = raft.logger();
    }

    @Override
    RaftRole kind() {
        return RaftRole.FOLLOWER;
    }

    @Override
    void tick() {
        raft.elections().tick();
    }

    @Override
    void step(Message message) throws ProposalDroppedException {
        switch (message.getType()) {
            case MSG_PROP -> forwardProposal(message);
            case MSG_APP -> {
                heardFromLeader(message);
                handleAppend(message);
            }
            case MSG_HEARTBEAT -> {
                heardFromLeader(message);
                handleHeartbeat(message);
            }
            case MSG_SNAP -> {
                heardFromLeader(message);
                handleSnapshot(message);
            }
            case MSG_TRANSFER_LEADER -> forward(message, "leader transfer msg");
            case MSG_READ_INDEX -> forward(message, "index reading msg");
            case MSG_READ_INDEX_RESP -> handleReadIndexResponse(message);
            case MSG_FORGET_LEADER -> forgetLeader();
            case MSG_TIMEOUT_NOW -> handleTimeoutNow(message);
            default -> {
                // Answers to what this node asked in another role, and what only leaders and candidates are asked.
            }
        }
    }

    private void heardFromLeader(Message message) {
        raft.timer().restart();
        raft.elections().leaderHeard();
        raft.setLeaderId(message.getFrom());
    }

    private void handleAppend(Message message) {
        long previousIndex = message.getIndex();
        if (previousIndex < log.committedIndex()) {
            raft.send(appendResponse(message).setIndex(log.committedIndex()));
            return;
        }
        List<Entry> entries = message.getEntriesList();
        if (log.maybeAppend(previousIndex, message.getLogTerm(), entries, message.getCommit())) {
            raft.send(appendResponse(message).setIndex(previousIndex + entries.size()));
            return;
        }
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} [logterm: {}, index: {}] rejected MsgApp [logterm: {}, index: {}] from {}",
                    raft.name(),
                    log.termOrZero(previousIndex),
                    previousIndex,
                    message.getLogTerm(),
                    previousIndex,
                    hex(message.getFrom()));
        }
        // The best guess at where the logs are the same: entries of terms above the leader's at that place can't be.
        long hintIndex = log.findConflictByTerm(Math.min(previousIndex, log.lastIndex()), message.getLogTerm());
        raft.send(appendResponse(message)
                .setIndex(previousIndex)
                .setReject(true)
                .setRejectHint(hintIndex)
                .setLogTerm(log.termOrZero(hintIndex)));
    }

    private void handleHeartbeat(Message message) {
        log.commitTo(message.getCommit());
        Message.Builder response = raft.message(MessageType.MSG_HEARTBEAT_RESP, message.getFrom());
        if (message.hasContext()) {
            response.setContext(message.getContext());
        }
        raft.send(response);
    }

    private void handleSnapshot(Message message) {
        Snapshot snapshot = message.getSnapshot();
        boolean restored = raft.membership().restore(snapshot);
        logger.info(
                "{} [commit: {}] {} snapshot [index: {}, term: {}]",
                raft.name(),
                log.committedIndex(),
                restored ? "restored" : "ignored",
                snapshot.getMetadata().getIndex(),
                snapshot.getMetadata().getTerm());
        raft.send(appendResponse(message).setIndex(restored ? log.lastIndex() : log.committedIndex()));
    }

    private Message.Builder appendResponse(Message message) {
        return raft.message(MessageType.MSG_APP_RESP, message.getFrom());
    }

    private void handleReadIndexResponse(Message message) {
        if (message.getEntriesCount() != 1) {
            logger.error(
                    "{} invalid format of MsgReadIndexResp from {}, entries count: {}",
                    raft.name(),
                    hex(message.getFrom()),
                    message.getEntriesCount());
            return;
        }
        raft.addReadState(
                new ReadState(message.getIndex(), message.getEntries(0).getData()));
    }

    private void handleTimeoutNow(Message message) {
        logger.info(
                "{} [term {}] received MsgTimeoutNow from {} and starts an election to get leadership.",
                raft.name(),
                raft.term(),
                hex(message.getFrom()));
        // No pre-vote: the leader has just said that it is there and wants this, so there is no partition to fear.
        raft.elections().campaign(CampaignType.TRANSFER);
    }

    private void forgetLeader() {
        if (raft.config().readOnlyOption() == ReadOnlyOption.LEASE_BASED) {
            // The leader counts on this node not to vote for another one while its lease runs.
            logger.error("ignoring MsgForgetLeader due to ReadOnlyLeaseBased");
            return;
        }
        if (raft.elections().isBound()) {
            logger.warn("{} ignoring MsgForgetLeader because the leader may count on its lease", raft.name());
            return;
        }
        if (raft.leaderId() != NodeIds.NONE) {
            logger.info("{} forgetting leader {} at term {}", raft.name(), hex(raft.leaderId()), raft.term());
            raft.setLeaderId(NodeIds.NONE);
        }
    }

    private void forwardProposal(Message message) throws ProposalDroppedException {
        if (raft.leaderId() == NodeIds.NONE) {
            if (logger.isInfoEnabled()) {
                logger.info("{} no leader at term {}; dropping proposal", raft.name(), raft.term());
            }
            throw new ProposalDroppedException(Reason.NO_LEADER);
        }
        if (raft.config().disableProposalForwarding()) {
            if (logger.isInfoEnabled()) {
                logger.info(
                        "{} not forwarding to leader {} at term {}; dropping proposal",
                        raft.name(),
                        hex(raft.leaderId()),
                        raft.term());
            }
            throw new ProposalDroppedException(Reason.FORWARDING_DISABLED);
        }
        raft.send(message.toBuilder().setTo(raft.leaderId()));
    }

    private void forward(Message message, String what) {
        if (raft.leaderId() == NodeIds.NONE) {
            logger.info("{} no leader at term {}; dropping {}", raft.name(), raft.term(), what);
            return;
        }
        raft.send(message.toBuilder().setTo(raft.leaderId()));
    }
}
