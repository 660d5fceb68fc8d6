package io.raftboot.spring;

import org.jspecify.annotations.Nullable;

/** An argument of a command or a query can't be used. Nothing was proposed. */
public final class RaftArgumentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String parameter;

    /** @param parameter its name, as in the source */
    public RaftArgumentException(String parameter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.parameter = parameter;
    }

    /** Name of the parameter, as in the source. */
    public String parameter() {
        return parameter;
    }
}
