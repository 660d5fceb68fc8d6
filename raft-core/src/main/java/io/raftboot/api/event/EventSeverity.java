package io.raftboot.api.event;

import java.util.Locale;

/** How much an event matters. */
public enum EventSeverity {
    /** Part of the ordinary course. */
    INFO,
    /** Somebody should know. */
    WARNING,
    /** Somebody should do something. */
    ERROR;

    /** The name in JSON, in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
