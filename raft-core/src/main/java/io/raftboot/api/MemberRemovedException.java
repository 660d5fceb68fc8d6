package io.raftboot.api;

/** The member was removed from its group, and has stopped for that. The message says when and by whom, and what to do. */
public final class MemberRemovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MemberRemovedException(String message) {
        super(message, null, false, false);
    }
}
