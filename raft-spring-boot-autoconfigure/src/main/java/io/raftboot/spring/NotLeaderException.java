package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/** A {@link LeaderOnly} method with a result was called on a member that does not lead. It did not run. */
public final class NotLeaderException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Long leaderId;

    public NotLeaderException(String method, @Nullable Long leaderId) {
        super(method + " runs on the leader alone, and this member does not lead; "
                + (leaderId == null ? "no leader is known" : "node " + leaderId + " does"));
        this.leaderId = leaderId;
    }

    /** Who leads as far as this member knows, or null. */
    public @Nullable Long leaderId() {
        return leaderId;
    }
}
