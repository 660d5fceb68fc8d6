package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.ProposalDroppedException.Reason;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressState;
import io.raftboot.raft.tracker.ProgressTracker;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/** Appends what is proposed, brings it to the followers, and commits what a quorum holds. */
final class LeaderRole extends Role {
    private static final Entry EMPTY_ENTRY = Entry.getDefaultInstance();
    private static final Entry LEAVE_JOINT =
            Entry.newBuilder().setType(EntryType.ENTRY_CONF_CHANGE_V2).build();

    private final RaftLog log;
    private final ProgressTracker tracker;
    private final Logger logger;
    private final Replication replication;
    private final LeaderReads reads;
    private final LeaderTransfer transfer;
    private final ConfChangeGate confChangeGate;
    private final long maxUncommittedBytes;

    /**
     * The payload of the entries that this leader appended and has not seen applied; never more than it really is. Empty
     * payloads count nothing, so a leader's first entry and leaving a joint configuration are never refused.
     */
    private long uncommittedBytes;

    private int heartbeatElapsedTicks;

    LeaderRole(Raft raft) {
        super(raft);
        this.log = raft.log();
        this.tracker = raft.tracker();
        this.logger = raft.logger();
        this.replication = new Replication(raft);
        this.reads = new LeaderReads(raft, replication);
        this.transfer = new LeaderTransfer(raft, replication);
        // There may be a configuration change among what is not committed yet. Looking for it could take long, waiting
        // until all of it is applied does no harm.
        this.confChangeGate = new ConfChangeGate(raft, log.lastIndex());
        this.maxUncommittedBytes = EntrySizes.signed(raft.config().maxUncommittedEntriesSizeBytes());
    }

    /** Appends the entry that lets the leader find out what is committed (dissertation section 3.6.2). */
    void takeOffice() {
        Progress own = progressOf(raft.id());
        own.becomeReplicate();
        own.markActive();
        if (!append(List.of(EMPTY_ENTRY))) {
            throw Invariants.broken(logger, "empty entry was dropped");
        }
    }

    /** Lets all know who leads now. */
    void announce() {
        replication.broadcastAppend();
    }

    @Override
    RaftRole kind() {
        return RaftRole.LEADER;
    }

    long transfereeId() {
        return transfer.targetId();
    }

    @Override
    void tick() {
        heartbeatElapsedTicks++;
        raft.timer().tick();
        if (raft.timer().remainingTicks() <= 0) {
            raft.timer().restart();
            if (raft.config().checkQuorum()) {
                checkQuorum();
            }
            transfer.abort();
        }
        if (raft.role() == this && heartbeatElapsedTicks >= raft.config().heartbeatTicks()) {
            heartbeatElapsedTicks = 0;
            replication.broadcastHeartbeat(reads.heartbeatContext());
        }
    }

    @Override
    void step(Message message) throws ProposalDroppedException {
        switch (message.getType()) {
            case MSG_BEAT -> replication.broadcastHeartbeat(reads.heartbeatContext());
            case MSG_CHECK_QUORUM -> checkQuorum();
            case MSG_PROP -> handleProposal(message);
            case MSG_READ_INDEX -> reads.handleReadIndex(message);
            case MSG_FORGET_LEADER -> {
                // It leads, so there is nobody to forget.
            }
            default -> {
                Progress progress = tracker.progress().get(message.getFrom());
                if (progress != null) {
                    stepFromMember(message, progress);
                } else if (logger.isDebugEnabled()) {
                    logger.debug("{} no progress available for {}", raft.name(), hex(message.getFrom()));
                }
            }
        }
    }

    private void stepFromMember(Message message, Progress progress) {
        switch (message.getType()) {
            case MSG_APP_RESP -> handleAppendResponse(message, progress);
            case MSG_HEARTBEAT_RESP -> handleHeartbeatResponse(message, progress);
            case MSG_SNAP_STATUS -> handleSnapshotStatus(message, progress);
            case MSG_UNREACHABLE -> handleUnreachable(message, progress);
            case MSG_TRANSFER_LEADER -> transfer.handleRequest(message.getFrom(), progress);
            default -> {
                // Late answers to what it asked as a candidate, and what only a follower could make use of.
            }
        }
    }

    private void checkQuorum() {
        if (!tracker.isQuorumActive()) {
            logger.warn("{} stepped down to follower since quorum is not active", raft.name());
            raft.becomeFollower(raft.term(), NodeIds.NONE);
        }
        tracker.visit((id, progress) -> {
            if (id != raft.id()) {
                progress.markInactive();
            }
        });
    }

    private void handleProposal(Message message) throws ProposalDroppedException {
        if (message.getEntriesCount() == 0) {
            throw Invariants.broken(logger, raft.name() + " stepped empty MsgProp");
        }
        propose(message.getEntriesList());
    }

    /**
     * Appends entries and sends them out.
     *
     * @throws ProposalDroppedException if they are not accepted; nothing has changed
     */
    void propose(List<Entry> entries) throws ProposalDroppedException {
        if (tracker.progress().get(raft.id()) == null) {
            throw new ProposalDroppedException(Reason.NOT_IN_CONFIGURATION);
        }
        if (transfer.isUnderWay()) {
            if (logger.isDebugEnabled()) {
                logger.debug(
                        "{} [term {}] transfer leadership to {} is in progress; dropping proposal",
                        raft.name(),
                        raft.term(),
                        hex(transfer.targetId()));
            }
            throw new ProposalDroppedException(Reason.TRANSFERRING);
        }
        if (!append(confChangeGate.admit(entries))) {
            throw new ProposalDroppedException(Reason.UNCOMMITTED_LIMIT);
        }
        replication.broadcastAppend();
    }

    /**
     * Appends entries with this leader's term and the next indexes.
     *
     * @return false if too much is uncommitted; nothing was appended
     */
    private boolean append(List<Entry> entries) {
        long payloadBytes = EntrySizes.payload(entries);
        if (uncommittedBytes > 0 && payloadBytes > 0 && uncommittedBytes + payloadBytes > maxUncommittedBytes) {
            logger.warn(
                    "{} appending new entries to log would exceed uncommitted entry size limit; dropping proposal",
                    raft.name());
            return false;
        }
        uncommittedBytes += payloadBytes;
        long index = log.lastIndex();
        List<Entry> stamped = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            index++;
            stamped.add(entries.get(i).toBuilder()
                    .setTerm(raft.term())
                    .setIndex(index)
                    .build());
        }
        raft.tracing().appending(stamped);
        log.append(stamped);
        // The leader counts its own copy when it is on disk, and hears of that as if from another member.
        raft.send(raft.message(MessageType.MSG_APP_RESP, raft.id()).setIndex(index));
        return true;
    }

    private void handleAppendResponse(Message message, Progress progress) {
        progress.markActive();
        if (message.getReject()) {
            handleRejection(message, progress);
            return;
        }
        // An answer that is no news still ends a probe, which otherwise would wait for the next proposal.
        boolean endsProbe = progress.state() == ProgressState.PROBE && progress.matchIndex() == message.getIndex();
        if (progress.maybeUpdate(message.getIndex()) || endsProbe) {
            handleMatch(message.getFrom(), progress);
        }
    }

    /**
     * The follower's log differs at the place that was tried. Its hint names the last entry it has there; where the
     * leader's terms are greater than the hint's they can't agree either, so these are skipped: a probe for each term
     * at most (dissertation section 3.5 has the idea).
     */
    private void handleRejection(Message message, Progress progress) {
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} received MsgAppResp(rejected, hint: (index {}, term {})) from {} for index {}",
                    raft.name(),
                    message.getRejectHint(),
                    message.getLogTerm(),
                    hex(message.getFrom()),
                    message.getIndex());
        }
        long matchHint = message.getLogTerm() > 0
                ? log.findConflictByTerm(message.getRejectHint(), message.getLogTerm())
                : message.getRejectHint();
        if (!progress.maybeDecreaseTo(message.getIndex(), matchHint)) {
            return;
        }
        if (logger.isDebugEnabled()) {
            logger.debug("{} decreased progress of {} to [{}]", raft.name(), hex(message.getFrom()), progress);
        }
        if (progress.state() == ProgressState.REPLICATE) {
            progress.becomeProbe();
        }
        replication.sendAppend(message.getFrom(), progress);
    }

    private void handleMatch(long from, Progress progress) {
        switch (progress.state()) {
            case PROBE -> progress.becomeReplicate();
            case SNAPSHOT -> resumeAfterSnapshot(from, progress);
            case REPLICATE -> progress.inflights().freeUpTo(progress.matchIndex());
        }
        boolean other = from != raft.id();
        if (maybeCommit()) {
            reads.startPostponed();
            replication.broadcastAppend();
        } else if (other && progress.canBumpCommit(log.committedIndex())) {
            // The next heartbeat would tell it too, only later.
            replication.sendAppend(from, progress);
        }
        if (other) {
            replication.sendAllEntries(from, progress);
        }
        transfer.handleMatch(from, progress);
    }

    private void resumeAfterSnapshot(long from, Progress progress) {
        // Whichever snapshot it got, or from whom: what counts is that the log goes on from there.
        if (progress.matchIndex() + 1 < log.firstIndex()) {
            return;
        }
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} recovered from needing snapshot, resumed sending replication messages to {} [{}]",
                    raft.name(),
                    hex(from),
                    progress);
        }
        // It goes by way of PROBE, which goes on behind the snapshot that was sent.
        progress.becomeProbe();
        progress.becomeReplicate();
    }

    private boolean maybeCommit() {
        boolean advanced = log.maybeCommit(tracker.committedIndex(), raft.term());
        raft.tracing().happened(TraceEvent.Kind.COMMIT);
        return advanced;
    }

    private void handleHeartbeatResponse(Message message, Progress progress) {
        progress.markActive();
        progress.resumeAppendFlow();
        // What was sent may have been lost; a probe that found nothing new has to be ended by an answer.
        if (progress.matchIndex() < log.lastIndex() || progress.state() == ProgressState.PROBE) {
            replication.sendAppend(message.getFrom(), progress);
        }
        reads.handleHeartbeatResponse(message);
    }

    private void handleSnapshotStatus(Message message, Progress progress) {
        if (progress.state() != ProgressState.SNAPSHOT) {
            return;
        }
        boolean failed = message.getReject();
        if (failed) {
            progress.abandonSnapshot();
        }
        progress.becomeProbe();
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} snapshot {}, resumed sending replication messages to {} [{}]",
                    raft.name(),
                    failed ? "failed" : "succeeded",
                    hex(message.getFrom()),
                    progress);
        }
        // After success the follower's own answer comes next; after failure a heartbeat's time is waited.
        progress.pauseAppendFlow();
    }

    private void handleUnreachable(Message message, Progress progress) {
        if (progress.state() == ProgressState.REPLICATE) {
            // What is in flight is probably lost.
            progress.becomeProbe();
        }
        if (logger.isDebugEnabled()) {
            logger.debug(
                    "{} failed to send message to {} because it is unreachable [{}]",
                    raft.name(),
                    hex(message.getFrom()),
                    progress);
        }
    }

    /** A new configuration is in force. */
    void onConfiguration(ConfState confState) {
        Progress own = tracker.progress().get(raft.id());
        if (own == null || own.isLearner()) {
            // Without stepping down it goes on until another is elected, but takes no proposals.
            if (raft.config().stepDownOnRemoval()) {
                raft.becomeFollower(raft.term(), NodeIds.NONE);
            }
            return;
        }
        if (confState.getVotersCount() == 0) {
            return;
        }
        if (maybeCommit()) {
            // Fewer are needed for a quorum now.
            replication.broadcastAppend();
        } else {
            // New members need not wait for the next proposal or heartbeat.
            replication.broadcastEntries();
        }
        transfer.onConfiguration(tracker.config().voters());
    }

    @Override
    void onApplied(long index, long payloadBytes) {
        if (tracker.config().autoLeave() && confChangeGate.isOpenAt(index)) {
            leaveJointConfiguration();
        }
        uncommittedBytes = Math.max(0, uncommittedBytes - payloadBytes);
    }

    @Override
    void onEntriesFetched() {
        replication.broadcastAllEntries();
    }

    /** If this fails because of a transfer, it is tried again after the next entry, or the new leader does it. */
    private void leaveJointConfiguration() {
        try {
            propose(List.of(LEAVE_JOINT));
            logger.info("initiating automatic transition out of joint configuration {}", tracker.config());
        } catch (ProposalDroppedException e) {
            if (logger.isDebugEnabled()) {
                logger.debug(
                        "not initiating automatic transition out of joint configuration {}: {}",
                        tracker.config(),
                        e.getMessage());
            }
        }
    }

    private Progress progressOf(long id) {
        Progress progress = tracker.progress().get(id);
        if (progress == null) {
            throw Invariants.broken(logger, raft.name() + " has no progress for " + hex(id));
        }
        return progress;
    }
}
