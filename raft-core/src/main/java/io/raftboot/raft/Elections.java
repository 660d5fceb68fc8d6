package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Asking for votes, and giving them: what happens in every role alike. */
final class Elections {
    private final Raft raft;
    private final RaftLog log;
    private final Logger logger;

    /** Ticks for which what this node promised before its start still binds it. */
    private int boundTicks;

    /** Index up to which what is committed and not applied holds no change of the configuration; it says nothing of what is applied. */
    private long searchedIndex;

    /** A campaign that waits for entries to be fetched; null if none does. */
    private @Nullable CampaignType postponed;

    private long postponedTerm;

    /** Whether there is a change of the configuration among what is committed and not applied. */
    private enum UnappliedChanges {
        NONE,
        SOME,
        /** The storage has to fetch entries first. */
        UNKNOWN_YET
    }

    Elections(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
        this.logger = raft.logger();
        this.boundTicks = raft.config().boundAtStart() ? raft.config().electionTicks() : 0;
    }

    /**
     * Whether the leader counts on this node to elect nobody else (dissertation section 6.4.1, which rests on 4.2.3). What
     * etcd's follower does with {@code checkQuorum} is not enough for that: told to campaign, or to forget its leader, it does;
     * it follows a late answer to an election it gave up into a later term, where it knows no leader; and a restart makes it
     * forget whom it has heard.
     */
    boolean isBound() {
        return boundTicks > 0 || (raft.config().leaderLeases() && hasHeardOfLeader());
    }

    private boolean hasHeardOfLeader() {
        return raft.leaderId() != NodeIds.NONE && raft.timer().remainingTicks() > 0;
    }

    /** One tick without a leader's word. */
    void tick() {
        raft.timer().tick();
        if (boundTicks > 0) {
            boundTicks--;
        }
        if (raft.membership().isPromotable() && raft.timer().isExpired()) {
            raft.timer().restart();
            campaign(raft.config().preVote() ? CampaignType.PRE_ELECTION : CampaignType.ELECTION);
        }
    }

    /** Starts an election, if this node may be elected at present. */
    void campaign(CampaignType type) {
        if (raft.role().kind() == RaftRole.LEADER) {
            if (logger.isDebugEnabled()) {
                logger.debug("{} ignoring MsgHup because already leader", raft.name());
            }
            return;
        }
        if (!raft.membership().isPromotable()) {
            logger.warn("{} is unpromotable and can not campaign", raft.name());
            return;
        }
        postponed = null;
        UnappliedChanges unapplied = searchUnapplied();
        if (unapplied == UnappliedChanges.UNKNOWN_YET) {
            postpone(type);
            return;
        }
        if (unapplied == UnappliedChanges.SOME) {
            // The configuration in force is not the latest committed one: a quorum of it may not be one any more.
            logger.warn(
                    "{} cannot campaign at term {} since there are still pending configuration changes to apply",
                    raft.name(),
                    raft.term());
            return;
        }
        logger.info("{} is starting a new election at term {}", raft.name(), raft.term());
        askForVotes(type);
    }

    /** An order to take over is not kept: whoever gave it has a better successor than one that lags. */
    private void postpone(CampaignType type) {
        if (logger.isDebugEnabled()) {
            logger.debug("{} looks for configuration changes before it campaigns at term {}", raft.name(), raft.term());
        }
        if (type != CampaignType.TRANSFER) {
            postponed = type;
            postponedTerm = raft.term();
        }
    }

    /** The storage has fetched entries: a campaign that waited for them goes on if there is still reason for one. */
    void entriesFetched() {
        CampaignType type = postponed;
        postponed = null;
        if (type != null && raft.term() == postponedTerm) {
            campaign(type);
        }
    }

    /** A leader has been heard: there is no reason for a campaign any more. */
    void leaderHeard() {
        postponed = null;
    }

    void askForVotes(CampaignType type) {
        if (!raft.membership().isPromotable()) {
            logger.warn("{} is unpromotable; campaign() should have been called", raft.name());
        }
        MessageType request;
        long term;
        if (type == CampaignType.PRE_ELECTION) {
            raft.becomePreCandidate();
            request = MessageType.MSG_PRE_VOTE;
            term = raft.term() + 1;
        } else {
            raft.becomeCandidate();
            request = MessageType.MSG_VOTE;
            term = raft.term();
        }
        raft.tracker().voterIds().stream().forEach(id -> askForVote(id, request, term, type));
    }

    private void askForVote(long voterId, MessageType request, long term, CampaignType type) {
        if (voterId == raft.id()) {
            // Its own vote counts when it is on disk, so it goes the same way as one that it would give another.
            raft.send(raft.message(responseTo(request), voterId).setTerm(term));
            return;
        }
        long lastIndex = log.lastIndex();
        long lastTerm = log.lastTerm();
        logger.info(
                "{} [logterm: {}, index: {}] sent {} request to {} at term {}",
                raft.name(),
                lastTerm,
                lastIndex,
                LogText.name(request),
                hex(voterId),
                raft.term());
        Message.Builder message =
                raft.message(request, voterId).setTerm(term).setIndex(lastIndex).setLogTerm(lastTerm);
        if (type == CampaignType.TRANSFER) {
            message.setContext(CampaignType.TRANSFER_CONTEXT);
        }
        raft.send(message);
    }

    /**
     * Whether a vote request of a higher term is to be ignored, because the leader was heard of recently: its quorum
     * holds, so this candidate has been cut off or removed (dissertation section 4.2.3).
     */
    boolean protectsLeaderFrom(Message request) {
        boolean leased = boundTicks > 0 || (raft.config().checkQuorum() && hasHeardOfLeader());
        if (!leased || request.getContext().equals(CampaignType.TRANSFER_CONTEXT)) {
            return false;
        }
        logger.info(
                "{} [logterm: {}, index: {}, vote: {}] ignored {} from {} [logterm: {}, index: {}] at term {}: "
                        + "lease is not expired (remaining ticks: {})",
                raft.name(),
                log.lastTerm(),
                log.lastIndex(),
                hex(raft.voteId()),
                LogText.name(request.getType()),
                hex(request.getFrom()),
                request.getLogTerm(),
                request.getIndex(),
                raft.term(),
                raft.timer().remainingTicks());
        return true;
    }

    void handleRequest(Message request) {
        boolean preVote = request.getType() == MessageType.MSG_PRE_VOTE;
        boolean canVote = raft.voteId() == request.getFrom()
                || (raft.voteId() == NodeIds.NONE && raft.leaderId() == NodeIds.NONE)
                || (preVote && request.getTerm() > raft.term());
        // Learners vote too: one that has been made a voter may not know it yet, and its vote may be needed before it
        // can learn of it.
        if (!canVote || !log.isUpToDate(request.getIndex(), request.getLogTerm())) {
            reject(request);
            return;
        }
        logAnswer("cast", "for", request);
        // The request's term, not this node's: a pre-candidate that has fallen behind would ignore another one.
        raft.send(raft.message(responseTo(request.getType()), request.getFrom()).setTerm(request.getTerm()));
        if (!preVote) {
            raft.timer().restart();
            raft.setVoteId(request.getFrom());
        }
    }

    /**
     * Refuses a vote, and says what is committed, where that is wanted: a leader that has applied its own removal or demotion steps
     * down, with a log that may be longer than all others and that nobody else may know to be committed so far. It can't be elected
     * any more, and without its word neither can the others, who still need its vote.
     */
    void reject(Message request) {
        logAnswer("rejected", "from", request);
        var rejection = raft.message(responseTo(request.getType()), request.getFrom())
                .setTerm(raft.term())
                .setReject(true);
        if (raft.config().commitByVote()) {
            long committed = log.committedIndex();
            rejection.setCommit(committed).setLogTerm(log.termOrZero(committed));
        }
        raft.send(rejection);
    }

    /** Takes over what the sender of a refusal knows to be committed, if this node holds that; returns whether it was news. */
    boolean commitBy(Message rejection) {
        return raft.config().commitByVote() && log.maybeCommit(rejection.getCommit(), rejection.getLogTerm());
    }

    private void logAnswer(String answer, String preposition, Message request) {
        logger.info(
                "{} [logterm: {}, index: {}, vote: {}] {} {} {} {} [logterm: {}, index: {}] at term {}",
                raft.name(),
                log.lastTerm(),
                log.lastIndex(),
                hex(raft.voteId()),
                answer,
                LogText.name(request.getType()),
                preposition,
                hex(request.getFrom()),
                request.getLogTerm(),
                request.getIndex(),
                raft.term());
    }

    private static MessageType responseTo(MessageType request) {
        return request == MessageType.MSG_PRE_VOTE ? MessageType.MSG_PRE_VOTE_RESP : MessageType.MSG_VOTE_RESP;
    }

    /** Looks through what is committed and not applied, in pages, so that a long tail is never in memory at once. */
    private UnappliedChanges searchUnapplied() {
        long low = Math.max(log.appliedIndex(), searchedIndex) + 1;
        long high = log.committedIndex() + 1;
        for (long next = low; next < high; ) {
            List<Entry> page;
            try {
                page = log.slice(next, high, log.maxApplyingBytes());
            } catch (CompactedException e) {
                throw Invariants.broken(
                        logger, "error scanning unapplied entries [" + low + ", " + high + "): " + e.getMessage());
            }
            if (RaftLog.isBeingFetched(page)) {
                return UnappliedChanges.UNKNOWN_YET;
            }
            if (page.isEmpty()) {
                throw Invariants.broken(
                        logger,
                        "error scanning unapplied entries [" + low + ", " + high + "): got 0 entries in [" + next + ", "
                                + high + ")");
            }
            for (Entry entry : page) {
                if (entry.getType() != EntryType.ENTRY_NORMAL) {
                    return UnappliedChanges.SOME;
                }
            }
            next += page.size();
            // Committed entries stay what they are, so a search that has to wait goes on from here.
            searchedIndex = next - 1;
        }
        return UnappliedChanges.NONE;
    }
}
