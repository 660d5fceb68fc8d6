package io.raftboot.raft;

/** A message that a node only sends to itself arrived from elsewhere and was ignored ({@code ErrStepLocalMsg}). */
public final class StepLocalMessageException extends RaftException {
    private static final long serialVersionUID = 1L;

    public StepLocalMessageException() {
        super("raft: cannot step raft local message", false);
    }
}
