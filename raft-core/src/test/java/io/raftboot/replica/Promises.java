package io.raftboot.replica;

import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.storage.log.LogReader;

/**
 * What a member has told others, by which it is bound whatever becomes of its process: held against what its directory says when
 * the next one opens it. Counts for as long as it has that directory.
 */
final class Promises {
    private final long memberId;
    private long term;
    private long votedTerm;
    private long votedFor;
    private long acknowledgedTerm;
    private long acknowledgedIndex;
    private long checked;

    Promises(long memberId) {
        this.memberId = memberId;
    }

    /** The member says this. */
    void told(Message message) {
        switch (message.getType()) {
            case MSG_VOTE -> voted(message.getTerm(), memberId);
            case MSG_VOTE_RESP -> {
                if (!message.getReject()) {
                    voted(message.getTerm(), message.getTo());
                }
            }
            case MSG_APP_RESP -> {
                if (!message.getReject()) {
                    acknowledged(message.getTerm(), message.getIndex());
                }
            }
            case MSG_APP, MSG_HEARTBEAT, MSG_TIMEOUT_NOW -> seen(message.getTerm());
            // Bind nobody: who forgets a term in which he promised nothing has voted in none that is as new.
            default -> {}
        }
    }

    private void acknowledged(long inTerm, long index) {
        acknowledgedIndex = inTerm == acknowledgedTerm ? Math.max(acknowledgedIndex, index) : index;
        acknowledgedTerm = inTerm;
        seen(inTerm);
    }

    private void seen(long toldTerm) {
        term = Math.max(term, toldTerm);
    }

    private void voted(long inTerm, long candidate) {
        if (inTerm == votedTerm && candidate != votedFor) {
            throw new AssertionError(
                    "member " + memberId + " votes for " + candidate + " and for " + votedFor + " in term " + inTerm);
        }
        if (inTerm > votedTerm) {
            votedTerm = inTerm;
            votedFor = candidate;
        }
        seen(inTerm);
    }

    /** Its directory is opened again, and nothing has been written to it since. */
    void check(LogReader recovered) {
        checked++;
        HardState state = recovered.initialState().hardState();
        if (state.getTerm() < term) {
            throw broken("its term is " + state.getTerm() + ", and it has spoken in term " + term);
        }
        if (state.getTerm() == votedTerm && state.getVote() != votedFor) {
            throw broken("its vote of term " + votedTerm + " is for " + state.getVote()
                    + ", and it has told that it is for " + votedFor);
        }
        // A leader of a later term may have had it cut what it acknowledged before.
        if (state.getTerm() == acknowledgedTerm && recovered.lastIndex() < acknowledgedIndex) {
            throw broken("its log ends at " + recovered.lastIndex() + ", and it has acknowledged " + acknowledgedIndex
                    + " in term " + acknowledgedTerm);
        }
    }

    private AssertionError broken(String how) {
        return new AssertionError("member " + memberId + " has forgotten what it promised: " + how);
    }

    /** How often it was held against what was there. */
    long checked() {
        return checked;
    }
}
