package io.raftboot.raft;

/**
 * A message that no member sends, whatever happens to it on its way, and that was ignored as a whole: its numbers are out
 * of range, its entries do not follow one another, or what it needs is missing. An addition to etcd-raft's errors, which
 * panics on some of these and takes others into its log.
 */
public final class StepInvalidMessageException extends RaftException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    StepInvalidMessageException(String reason) {
        super("raft: cannot step invalid message: " + reason, false);
        this.reason = reason;
    }

    /** What no member would say, for an operator. */
    public String reason() {
        return reason;
    }
}
