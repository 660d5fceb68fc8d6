package io.raftboot.replica;

import java.util.Locale;

/** What the seeds of a campaign have much of, {@code -Draft.simulation.mix}. */
enum Emphasis {
    /** Whatever a seed draws. */
    EVERYTHING,
    /** Changes of the members, and what hits these; clients that leave time for them. */
    CHANGES,
    /** Certificates: members speak TLS, or come to it, and what they show changes and is wrong. */
    TLS;

    /** Name of the property. */
    static final String PROPERTY = "raft.simulation.mix";

    /**
     * The one that is asked for.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    static Emphasis asked() {
        var name = System.getProperty(PROPERTY, "");
        if (name.isEmpty()) {
            return EVERYTHING;
        }
        for (var emphasis : values()) {
            if (emphasis.property().equals(name)) {
                return emphasis;
            }
        }
        throw new IllegalArgumentException(
                "there is no mix '" + name + "': write -D" + PROPERTY + "=everything, =changes or =tls");
    }

    /** As it is written. */
    String property() {
        return name().toLowerCase(Locale.ROOT);
    }
}
