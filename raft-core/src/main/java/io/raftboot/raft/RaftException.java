package io.raftboot.raft;

/**
 * An expected outcome that is not the one the caller hoped for. Whatever throws it has changed nothing beyond what its
 * own documentation says; the node goes on working. A broken invariant is never one of these: it is an unchecked
 * exception, and the node that threw it must not be used again.
 */
public abstract class RaftException extends Exception {
    private static final long serialVersionUID = 1L;

    RaftException(String message) {
        super(message);
    }

    /** An exception without a stack trace, for outcomes that are frequent enough that filling in a stack trace would cost more than the call itself. */
    RaftException(String message, boolean writableStackTrace) {
        super(message, null, writableStackTrace, writableStackTrace);
    }
}
