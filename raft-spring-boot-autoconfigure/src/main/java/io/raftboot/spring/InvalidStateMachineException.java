package io.raftboot.spring;

/** A state machine bean that can't work as it is written. Fails the start. */
public final class InvalidStateMachineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String trouble;
    private final String action;

    /**
     * @param trouble what was found, and where
     * @param action what to write instead; the message has both, for whoever sees no more than that
     */
    public InvalidStateMachineException(String trouble, String action) {
        super(trouble + (trouble.contains("\n") ? "\n" : " ") + action);
        this.trouble = trouble;
        this.action = action;
    }

    /** What was found, and where. */
    public String trouble() {
        return trouble;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }
}
