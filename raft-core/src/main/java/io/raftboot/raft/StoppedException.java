package io.raftboot.raft;

/** The {@link Node} has been stopped; nothing more will come of what was asked of it ({@code ErrStopped}). */
public final class StoppedException extends RaftException {
    private static final long serialVersionUID = 1L;

    public StoppedException() {
        super("raft: stopped");
    }
}
