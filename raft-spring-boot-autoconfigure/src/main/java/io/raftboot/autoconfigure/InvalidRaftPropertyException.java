package io.raftboot.autoconfigure;

import java.util.List;

/** A property that can't be used, alone or together with another. Fails the start. */
public final class InvalidRaftPropertyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String property;
    private final String action;
    private final transient List<String> others;

    /**
     * @param property its full name
     * @param reason what was read and why it can't be
     * @param action what to write instead
     */
    public InvalidRaftPropertyException(String property, String reason, String action) {
        this(property, reason, action, List.of());
    }

    /**
     * @param property its full name
     * @param reason what was read and why it can't be
     * @param action what to write instead
     * @param others full names of the properties that it does not go together with
     */
    public InvalidRaftPropertyException(String property, String reason, String action, List<String> others) {
        super(reason);
        this.property = property;
        this.action = action;
        this.others = List.copyOf(others);
    }

    /** Its full name. */
    public String property() {
        return property;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }

    /** Full names of the properties that it does not go together with. */
    public List<String> others() {
        return others == null ? List.of() : others;
    }
}
