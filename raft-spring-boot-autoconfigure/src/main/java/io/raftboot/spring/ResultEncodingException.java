package io.raftboot.spring;

/** A command was applied and changed the state, but what it returned can't be encoded; told to the caller as its failure. */
public final class ResultEncodingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ResultEncodingException(String message, Throwable cause) {
        super(message, cause);
    }
}
