package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.TraceEvent.Kind;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.tracker.ProgressTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * The protocol: {@link #step} shows what happens to a message, {@code become…} how roles change. What a role does is in
 * its {@link Role}; terms are compared in {@link TermGate}, votes given in {@link Elections}, configurations changed in
 * {@link Membership}.
 *
 * <p>Transitions, and what causes them; every one but that to pre-candidate draws a new election time-out and forgets
 * all progress of the members:
 *
 * <table>
 * <caption>Transitions of the role</caption>
 * <tr><th>from</th><th>to</th><th>because</th><th>term</th><th>vote</th><th>leader</th></tr>
 * <tr><td>any</td><td>follower</td><td>message of a higher term, but not a pre-vote or a granted one</td>
 *     <td>the message's</td><td>none</td><td>the sender of an append, heartbeat or snapshot; else none</td></tr>
 * <tr><td>candidate, pre-candidate</td><td>follower</td><td>append, heartbeat or snapshot of its own term</td>
 *     <td>same</td><td>same</td><td>the sender</td></tr>
 * <tr><td>candidate, pre-candidate</td><td>follower</td><td>a quorum refused</td>
 *     <td>same</td><td>same</td><td>none</td></tr>
 * <tr><td>leader</td><td>follower</td><td>no quorum was active (check-quorum), or it was removed or demoted
 *     (stepDownOnRemoval), or asked to step down</td><td>same</td><td>same</td><td>none</td></tr>
 * <tr><td>follower, candidate, pre-candidate</td><td>pre-candidate</td><td>election time-out, or asked to campaign;
 *     with preVote</td><td>same</td><td>same</td><td>none</td></tr>
 * <tr><td>follower, candidate</td><td>candidate</td><td>election time-out, or asked to campaign; without preVote</td>
 *     <td>next</td><td>itself</td><td>none</td></tr>
 * <tr><td>follower</td><td>candidate</td><td>the leader handed over (MSG_TIMEOUT_NOW)</td>
 *     <td>next</td><td>itself</td><td>none</td></tr>
 * <tr><td>pre-candidate</td><td>candidate</td><td>a quorum would vote for it</td>
 *     <td>next</td><td>itself</td><td>none</td></tr>
 * <tr><td>candidate</td><td>leader</td><td>a quorum voted for it</td><td>same</td><td>itself</td><td>itself</td></tr>
 * </table>
 */
final class Raft {
    private final RaftConfig config;
    private final long id;
    private final String name;
    private final Logger logger;
    private final RaftLog log;
    private final ProgressTracker tracker;
    private final ElectionTimer timer;
    private final Outbox outbox;
    private final TermGate termGate;
    private final Elections elections;
    private final Membership membership;
    private final Tracing tracing;

    private long term;
    private long voteId;
    private long leaderId;
    private Role role;
    private List<ReadState> readStates = new ArrayList<>();

    /**
     * Reads that came to this node as a leader that had not committed anything in its term. Not the leader's own: who
     * loses the leadership and wins it back answers them then, as etcd does; they are answered with a later index.
     */
    private final List<Message> postponedReads = new ArrayList<>();

    /** @param config validated */
    Raft(RaftConfig config) {
        this.config = config;
        this.id = config.id();
        this.name = hex(id);
        this.logger = config.logger();
        Storage storage = Objects.requireNonNull(config.storage());
        this.log = new RaftLog(storage, config.maxCommittedSizePerReadyBytes(), logger);
        this.tracker = new ProgressTracker(config.maxInflightMessages(), config.maxInflightBytes());
        this.outbox = new Outbox(id, logger);
        this.timer = new ElectionTimer(config.electionTicks(), Objects.requireNonNull(config.random()));
        this.termGate = new TermGate(this);
        this.elections = new Elections(this);
        this.membership = new Membership(this);
        this.tracing = new Tracing(this);
        this.role = new FollowerRole(this);
        tracing.happened(Kind.INIT_STATE);

        InitialState initial = storage.initialState();
        membership.restore(initial.confState(), config.appliedIndex());
        if (!isEmpty(initial.hardState())) {
            load(initial.hardState());
        }
        if (config.appliedIndex() > 0) {
            checkAppliedIndex(config.appliedIndex());
            log.appliedTo(config.appliedIndex(), 0);
        }
        becomeFollower(term, NodeIds.NONE);
        logger.info(
                "newRaft {} [peers: [{}], term: {}, commit: {}, applied: {}, lastindex: {}, lastterm: {}]",
                name,
                tracker.voterIds().stream().mapToObj(LogText::hex).collect(Collectors.joining(",")),
                term,
                log.committedIndex(),
                log.appliedIndex(),
                log.lastIndex(),
                log.lastTerm());
    }

    /** What is applied without being committed, or is older than the log, is another group's or another log's state. */
    private void checkAppliedIndex(long appliedIndex) {
        if (appliedIndex < log.appliedIndex() || appliedIndex > log.committedIndex()) {
            throw new IllegalArgumentException(
                    "appliedIndex: applied(" + appliedIndex + ") is out of range [prevApplied(" + log.appliedIndex()
                            + "), committed(" + log.committedIndex() + ")]");
        }
    }

    private void load(HardState state) {
        if (state.getCommit() < log.committedIndex() || state.getCommit() > log.lastIndex()) {
            throw Invariants.broken(
                    logger,
                    name + " state.commit " + state.getCommit() + " is out of range [" + log.committedIndex() + ", "
                            + log.lastIndex() + "]");
        }
        log.commitTo(state.getCommit());
        term = state.getTerm();
        voteId = state.getVote();
    }

    static boolean isEmpty(HardState state) {
        return state.getTerm() == 0 && state.getVote() == 0 && state.getCommit() == 0;
    }

    // The protocol

    void tick() {
        role.tick();
    }

    /**
     * Handles a message.
     *
     * @throws ProposalDroppedException for a proposal that is not accepted; nothing has changed
     */
    void step(Message message) throws ProposalDroppedException {
        tracing.received(message);
        if (!termGate.admits(message)) {
            return;
        }
        switch (message.getType()) {
            case MSG_HUP -> campaign();
            case MSG_STORAGE_APPEND_RESP -> handleStorageAppendResponse(message);
            case MSG_STORAGE_APPLY_RESP -> handleStorageApplyResponse(message);
            case MSG_VOTE, MSG_PRE_VOTE -> elections.handleRequest(message);
            default -> role.step(message);
        }
    }

    // What the storage has done

    private void handleStorageAppendResponse(Message message) {
        if (message.getIndex() != 0) {
            log.stableTo(message.getIndex(), message.getLogTerm());
        }
        handleStoredSnapshot(message);
    }

    /** A snapshot holds what is committed, so it does not matter in which term it was stored. */
    void handleStoredSnapshot(Message message) {
        if (message.hasSnapshot()) {
            long index = message.getSnapshot().getMetadata().getIndex();
            log.stableSnapshotTo(index);
            appliedTo(index, 0, 0);
        }
    }

    private void handleStorageApplyResponse(Message message) {
        List<Entry> entries = message.getEntriesList();
        if (!entries.isEmpty()) {
            long index = entries.get(entries.size() - 1).getIndex();
            appliedTo(index, EntrySizes.encoded(entries), EntrySizes.payload(entries));
        }
    }

    private void appliedTo(long index, long encodedBytes, long payloadBytes) {
        log.appliedTo(Math.max(index, log.appliedIndex()), encodedBytes);
        role.onApplied(log.appliedIndex(), payloadBytes);
    }

    // Transitions

    void becomeFollower(long newTerm, long newLeaderId) {
        reset(newTerm);
        role = new FollowerRole(this);
        leaderId = newLeaderId;
        logger.info("{} became follower at term {}", name, term);
        tracing.happened(Kind.BECOME_FOLLOWER);
    }

    void becomePreCandidate() {
        if (role.kind() == RaftRole.LEADER) {
            throw Invariants.broken(logger, "invalid transition [leader -> pre-candidate]");
        }
        // Neither term nor vote nor the time-out: if it fails, it has not happened.
        tracker.resetVotes();
        role = CandidateRole.preCandidate(this);
        leaderId = NodeIds.NONE;
        logger.info("{} became pre-candidate at term {}", name, term);
    }

    void becomeCandidate() {
        if (role.kind() == RaftRole.LEADER) {
            throw Invariants.broken(logger, "invalid transition [leader -> candidate]");
        }
        reset(term + 1);
        role = CandidateRole.candidate(this);
        voteId = id;
        logger.info("{} became candidate at term {}", name, term);
        tracing.happened(Kind.BECOME_CANDIDATE);
    }

    void becomeLeader() {
        if (role.kind() == RaftRole.FOLLOWER) {
            throw Invariants.broken(logger, "invalid transition [follower -> leader]");
        }
        reset(term);
        LeaderRole leader = new LeaderRole(this);
        role = leader;
        leaderId = id;
        tracing.happened(Kind.BECOME_LEADER);
        leader.takeOffice();
        logger.info("{} became leader at term {}", name, term);
        leader.announce();
    }

    private void reset(long newTerm) {
        if (term != newTerm) {
            term = newTerm;
            voteId = NodeIds.NONE;
        }
        leaderId = NodeIds.NONE;
        timer.restartWithNewTimeout();
        tracker.resetVotes();
        long lastIndex = log.lastIndex();
        tracker.visit((memberId, progress) -> progress.restart(memberId == id ? lastIndex : 0, lastIndex + 1));
    }

    // What is asked of this node by its own application

    void campaign() {
        boolean alone = tracker.isSingleton();
        if (elections.isBound() && role.kind() != RaftRole.LEADER && !alone) {
            logger.warn("{} ignoring MsgHup at term {} because a leader may count on its lease", name, term);
            return;
        }
        elections.campaign(config.preVote() ? CampaignType.PRE_ELECTION : CampaignType.ELECTION);
    }

    void stepDown() {
        if (role.kind() == RaftRole.LEADER) {
            becomeFollower(term, NodeIds.NONE);
        }
    }

    // Messages

    Message.Builder message(MessageType type, long to) {
        return Message.newBuilder().setType(type).setTo(to);
    }

    /** Sends a message in this node's name and of its term; see {@link Outbox#send}. */
    void send(Message.Builder message) {
        outbox.send(message, term);
        tracing.sent(message);
    }

    void addReadState(ReadState readState) {
        readStates.add(readState);
    }

    List<ReadState> takeReadStates() {
        if (readStates.isEmpty()) {
            return List.of();
        }
        List<ReadState> taken = readStates;
        readStates = new ArrayList<>();
        return taken;
    }

    boolean hasReadStates() {
        return !readStates.isEmpty();
    }

    // State

    SoftState softState() {
        return new SoftState(leaderId, role.kind());
    }

    boolean isSoftState(SoftState state) {
        return state.leaderId() == leaderId && state.role() == role.kind();
    }

    HardState hardState() {
        return HardState.newBuilder()
                .setTerm(term)
                .setVote(voteId)
                .setCommit(log.committedIndex())
                .build();
    }

    boolean isHardState(HardState state) {
        return state.getTerm() == term && state.getVote() == voteId && state.getCommit() == log.committedIndex();
    }

    long leadTransfereeId() {
        return role instanceof LeaderRole leader ? leader.transfereeId() : NodeIds.NONE;
    }

    RaftConfig config() {
        return config;
    }

    long id() {
        return id;
    }

    /** The id as log lines show it. */
    String name() {
        return name;
    }

    Logger logger() {
        return logger;
    }

    RaftLog log() {
        return log;
    }

    ProgressTracker tracker() {
        return tracker;
    }

    ElectionTimer timer() {
        return timer;
    }

    Outbox outbox() {
        return outbox;
    }

    Elections elections() {
        return elections;
    }

    Membership membership() {
        return membership;
    }

    Tracing tracing() {
        return tracing;
    }

    Role role() {
        return role;
    }

    long term() {
        return term;
    }

    long voteId() {
        return voteId;
    }

    void setVoteId(long newVoteId) {
        voteId = newVoteId;
    }

    long leaderId() {
        return leaderId;
    }

    void setLeaderId(long newLeaderId) {
        leaderId = newLeaderId;
    }

    List<Message> postponedReads() {
        return postponedReads;
    }
}
