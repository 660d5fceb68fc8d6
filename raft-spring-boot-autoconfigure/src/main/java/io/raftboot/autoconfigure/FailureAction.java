package io.raftboot.autoconfigure;

/** What happens when the member of this process has stopped by itself ({@code raft.on-failure}). */
public enum FailureAction {
    /** Nothing: the application goes on without it, its health is down, and liveness is not touched. */
    STOP_MEMBER,
    /** The application is closed in order, and the process ends with {@link RaftFailureListener#EXIT_CODE}. */
    EXIT,
    /**
     * The member is started again after a while if its cause may pass by itself. If it can't, the member stays failed and
     * liveness is broken, so that whatever looks after the process may start it anew.
     */
    RESTART
}
