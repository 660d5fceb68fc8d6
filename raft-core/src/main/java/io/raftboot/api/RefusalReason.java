package io.raftboot.api;

/** Why an operation was certainly not done. */
public enum RefusalReason {
    /** No leader was known, or reachable, within the time-out. */
    NO_LEADER(true),
    /** More commands wait than the member takes ({@code maxPending...}). */
    OVERLOADED(true),
    /** The disk of the leader, or of too many members, is nearly full, and nobody else can lead. */
    NO_SPACE(true),
    /** The leader is handing its leadership over. */
    TRANSFERRING(true),
    /** The member is not started, is stopping, or has failed. */
    NOT_RUNNING(true),
    /** The time-out passed before anything was proposed, or before a read was confirmed. */
    TIMED_OUT(true),
    /** This member can't tell that its state is as new as a local read wants it. */
    TOO_STALE(true),
    /** The session ended between two commands of its member, or the command was answered in it before. */
    SESSION_EXPIRED(true),
    /** The state machine has as many sessions as it may. */
    SESSIONS_EXHAUSTED(true),
    /** The state machine keeps as many idempotency keys, or bytes of their results, as it may. */
    KEYS_EXHAUSTED(true),
    /** The idempotency key was used before for a command with another content. */
    KEY_REUSED(false),
    /** The payload is larger than a command may be. */
    TOO_LARGE(false),
    /** No state machine of that name. */
    UNKNOWN_MACHINE(false),
    /** A member that has a vote does not have the state machine, or does not know the command: it would stop. */
    NOT_KNOWN_BY_ALL(true),
    /** The operation is not one that this member, or this role, can do. */
    INVALID(false);

    private final boolean retryable;

    RefusalReason(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether the same call may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
