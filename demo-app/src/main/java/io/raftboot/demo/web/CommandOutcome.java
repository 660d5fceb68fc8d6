package io.raftboot.demo.web;

import java.util.Locale;

/** Whether the command of a failed request happened. */
enum CommandOutcome {
    /** Nothing happened. */
    REFUSED,
    /** It may have happened, or may yet. */
    UNKNOWN,
    /** It happened, and its result is this failure. */
    APPLIED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
