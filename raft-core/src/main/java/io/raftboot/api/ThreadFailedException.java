package io.raftboot.api;

/** A thread of a member could not go on, and so the member could not; the cause is what was thrown on it. */
public final class ThreadFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ThreadFailedException(String thread, Throwable cause) {
        super("the thread " + thread + " failed: " + cause, cause);
    }
}
