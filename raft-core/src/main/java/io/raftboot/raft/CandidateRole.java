package io.raftboot.raft;

import static io.raftboot.raft.LogText.hex;

import io.raftboot.raft.ProposalDroppedException.Reason;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.quorum.Vote;
import io.raftboot.raft.tracker.VoteTally;
import org.slf4j.Logger;

/** Counts votes, or pre-votes, until the election is decided or another node turns out to lead. */
final class CandidateRole extends Role {
    private final RaftRole kind;
    private final Logger logger;

    private CandidateRole(Raft raft, RaftRole kind) {
        super(raft);
        this.kind = kind;
        this.logger = raft.logger();
    }

    static CandidateRole candidate(Raft raft) {
        return new CandidateRole(raft, RaftRole.CANDIDATE);
    }

    static CandidateRole preCandidate(Raft raft) {
        return new CandidateRole(raft, RaftRole.PRE_CANDIDATE);
    }

    @Override
    RaftRole kind() {
        return kind;
    }

    @Override
    void tick() {
        raft.elections().tick();
    }

    @Override
    void step(Message message) throws ProposalDroppedException {
        switch (message.getType()) {
            case MSG_PROP -> {
                logger.info("{} no leader at term {}; dropping proposal", raft.name(), raft.term());
                throw new ProposalDroppedException(Reason.NO_LEADER);
            }
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP -> {
                // The message is of this very term, so another node has won it.
                raft.becomeFollower(raft.term(), message.getFrom());
                raft.role().step(message);
            }
            case MSG_VOTE_RESP -> {
                if (kind == RaftRole.CANDIDATE) {
                    handleVote(message);
                }
            }
            case MSG_PRE_VOTE_RESP -> {
                if (kind == RaftRole.PRE_CANDIDATE) {
                    handleVote(message);
                }
            }
            case MSG_TIMEOUT_NOW -> {
                if (logger.isDebugEnabled()) {
                    logger.debug(
                            "{} [term {} state {}] ignored MsgTimeoutNow from {}",
                            raft.name(),
                            raft.term(),
                            LogText.name(kind),
                            hex(message.getFrom()));
                }
            }
            default -> {
                // Nothing else concerns who knows of no leader.
            }
        }
    }

    private void handleVote(Message message) {
        String type = LogText.name(message.getType());
        logger.info(
                "{} received {}{} from {} at term {}",
                raft.name(),
                type,
                message.getReject() ? " rejection" : "",
                hex(message.getFrom()),
                raft.term());
        if (message.getReject() && raft.elections().commitBy(message)) {
            // It may hold a change of who votes, which has to be in force before this node asks again.
            raft.becomeFollower(raft.term(), NodeIds.NONE);
            return;
        }
        raft.tracker().recordVote(message.getFrom(), message.getReject() ? Vote.REJECTED : Vote.GRANTED);
        VoteTally tally = raft.tracker().tallyVotes();
        logger.info(
                "{} has received {} {} votes and {} vote rejections",
                raft.name(),
                tally.granted(),
                type,
                tally.rejected());
        switch (tally.result()) {
            case WON -> win();
            // The rejection of a pre-vote carries a term that is not this node's: it stays in its own.
            case LOST -> raft.becomeFollower(raft.term(), NodeIds.NONE);
            case PENDING -> {}
        }
    }

    private void win() {
        if (kind == RaftRole.PRE_CANDIDATE) {
            raft.elections().askForVotes(CampaignType.ELECTION);
        } else {
            raft.becomeLeader();
        }
    }
}
