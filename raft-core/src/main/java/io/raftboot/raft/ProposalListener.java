package io.raftboot.raft;

/**
 * Hears what became of a proposal given to {@link Node#propose}. Exactly one of the two methods is called, once, on the
 * thread that drives the node, or after its end on the one that stops it or proposes; neither may block or throw.
 */
public interface ProposalListener {

    /**
     * The proposal was appended to this leader's log, or, if the node is a follower that forwards, was sent to the leader
     * (then term and index are 0). It may still be lost: it has happened once an entry of this very term and index is
     * applied, and has certainly not happened once another term's entry is applied at this index.
     */
    void appended(long term, long index);

    /**
     * The proposal was refused and certainly did not happen: a {@link ProposalDroppedException} with its reason, or a
     * {@link StoppedException}.
     */
    void dropped(RaftException reason);
}
