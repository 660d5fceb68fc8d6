package io.raftboot.demo.playground;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a caller knows of a write. */
enum CallOutcome {
    /** A member said that it is done. */
    ACKNOWLEDGED,
    /** A member said that it was done, and that the rules of the state machine had it change nothing. */
    FORBIDDEN,
    /** It certainly did not happen. */
    REFUSED,
    /** It may have happened, or may yet. */
    UNKNOWN;

    @JsonValue
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the group has done it, whatever came of it. */
    boolean isAnswered() {
        return this == ACKNOWLEDGED || this == FORBIDDEN;
    }
}
