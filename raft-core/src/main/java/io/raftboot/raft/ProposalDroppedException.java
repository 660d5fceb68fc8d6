package io.raftboot.raft;

/**
 * The proposal was refused before anything was appended or sent: it certainly did not happen and may be repeated
 * ({@code ErrProposalDropped}). Carries no stack trace, because an overloaded leader throws it for every proposal.
 */
public final class ProposalDroppedException extends RaftException {
    private static final long serialVersionUID = 1L;

    /** Why the proposal was refused. */
    public enum Reason {
        /** The node knows no leader at present, or is campaigning. */
        NO_LEADER,
        /** The leader is no longer a member of its own configuration. */
        NOT_IN_CONFIGURATION,
        /** The leader is handing its leadership over. */
        TRANSFERRING,
        /** The entries that wait to be committed have reached their limit in bytes. */
        UNCOMMITTED_LIMIT,
        /** The node is a follower and configured not to forward proposals. */
        FORWARDING_DISABLED
    }

    private final Reason reason;

    public ProposalDroppedException(Reason reason) {
        super("raft proposal dropped", false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
