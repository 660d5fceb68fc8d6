package io.raftboot.spring;

/** A state machine bean that can't work as it is written. Fails the start. */
public final class InvalidStateMachineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param message what was found, and where
     * @param action  what to write instead
     */
    public InvalidStateMachineException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }
}
