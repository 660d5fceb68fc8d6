package io.raftboot.raft;

/** A response arrived from a node that is not a member, and was ignored ({@code ErrStepPeerNotFound}). */
public final class StepPeerNotFoundException extends RaftException {
    private static final long serialVersionUID = 1L;

    public StepPeerNotFoundException() {
        super("raft: cannot step as peer not found", false);
    }
}
