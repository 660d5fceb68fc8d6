package io.raftboot.autoconfigure;

/** A property that can't be used, alone or together with another. Fails the start. */
public final class InvalidRaftPropertyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String property;
    private final String action;

    /**
     * @param property its full name
     * @param reason   what was read and why it can't be
     * @param action   what to write instead
     */
    public InvalidRaftPropertyException(String property, String reason, String action) {
        super(reason);
        this.property = property;
        this.action = action;
    }

    /** Its full name. */
    public String property() {
        return property;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }
}
