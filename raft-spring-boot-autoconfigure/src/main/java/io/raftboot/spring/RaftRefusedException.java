package io.raftboot.spring;

import io.raftboot.api.RefusalReason;

/** The call was certainly not done, and will not be: a command may be sent again without being done twice. */
public final class RaftRefusedException extends RaftCallException {
    private static final long serialVersionUID = 1L;

    private final RefusalReason reason;

    public RaftRefusedException(RefusalReason reason, String message) {
        super(message, null);
        this.reason = reason;
    }

    public RefusalReason reason() {
        return reason;
    }

    /** Whether the same call may succeed later. */
    public boolean retryable() {
        return reason.retryable();
    }
}
