package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.quorum.JointConfig;
import io.raftboot.raft.tracker.Progress;
import org.slf4j.Logger;

/**
 * Handing the leadership over (dissertation section 3.10): the target gets all that it lacks of the log, and then the
 * order to campaign at once. One target at a time, for one election time-out.
 */
final class LeaderTransfer {
    private final Raft raft;
    private final RaftLog log;
    private final Replication replication;
    private final Logger logger;
    private long targetId = NodeIds.NONE;

    LeaderTransfer(Raft raft, Replication replication) {
        this.raft = raft;
        this.log = raft.log();
        this.replication = replication;
        this.logger = raft.logger();
    }

    long targetId() {
        return targetId;
    }

    boolean isUnderWay() {
        return targetId != NodeIds.NONE;
    }

    /** Whom it was to be handed to has had its time; the leader takes proposals again. */
    void abort() {
        targetId = NodeIds.NONE;
    }

    /**
     * Hands the leadership to that member, unless that is of no use or under way already.
     *
     * @param progress that of the new target, a member
     */
    void handleRequest(long newTargetId, Progress progress) {
        if (progress.isLearner()) {
            logger.debug("{} is learner. Ignored transferring leadership", raft.name());
            return;
        }
        if (targetId == newTargetId) {
            String target = hex(newTargetId);
            logger.info(
                    "{} [term {}] transfer leadership to {} is in progress, ignores request to same node {}",
                    raft.name(),
                    raft.term(),
                    target,
                    target);
            return;
        }
        if (isUnderWay()) {
            logger.info(
                    "{} [term {}] abort previous transferring leadership to {}",
                    raft.name(),
                    raft.term(),
                    hex(targetId));
            abort();
        }
        if (newTargetId == raft.id()) {
            logger.debug("{} is already leader. Ignored transferring leadership to self", raft.name());
            return;
        }
        begin(newTargetId, progress);
    }

    private void begin(long newTargetId, Progress progress) {
        String target = hex(newTargetId);
        logger.info("{} [term {}] starts to transfer leadership to {}", raft.name(), raft.term(), target);
        // The time that the target has.
        raft.timer().restart();
        targetId = newTargetId;
        if (progress.matchIndex() == log.lastIndex()) {
            raft.send(raft.message(MessageType.MSG_TIMEOUT_NOW, newTargetId));
            logger.info(
                    "{} sends MsgTimeoutNow to {} immediately as {} already has up-to-date log",
                    raft.name(),
                    target,
                    target);
        } else {
            replication.sendAppend(newTargetId, progress);
        }
    }

    /** A member has acknowledged entries: if it is the target and lacks nothing any more, it is its turn. */
    void handleMatch(long from, Progress progress) {
        if (from == targetId && progress.matchIndex() == log.lastIndex()) {
            logger.info("{} sent MsgTimeoutNow to {} after received MsgAppResp", raft.name(), hex(from));
            raft.send(raft.message(MessageType.MSG_TIMEOUT_NOW, from));
        }
    }

    /** Who is no voter any more can't take over. */
    void onConfiguration(JointConfig voters) {
        if (!voters.contains(targetId)) {
            abort();
        }
    }
}
