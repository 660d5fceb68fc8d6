package io.raftboot.raft;

import io.raftboot.raft.proto.Message;

/**
 * What a node does because it is a follower, a candidate or a leader. Holds what only that role knows, and is thrown
 * away with it: nothing of it can leak into the next term.
 */
abstract sealed class Role permits FollowerRole, CandidateRole, LeaderRole {
    final Raft raft;

    Role(Raft raft) {
        this.raft = raft;
    }

    abstract RaftRole kind();

    abstract void tick();

    /**
     * Handles a message of the node's own term, or one without a term. Messages that mean nothing to the role are
     * ignored.
     *
     * @throws ProposalDroppedException for a proposal that is not accepted; nothing has changed
     */
    abstract void step(Message message) throws ProposalDroppedException;

    /** The application has applied entries up to that index. */
    void onApplied(long index, long payloadBytes) {
        // Only a leader has anything to do then.
    }

    /** The storage has fetched entries that it could not give before. */
    void onEntriesFetched() {
        // Only a leader sends entries.
    }
}
