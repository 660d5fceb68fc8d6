package io.raftboot.api.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a member, as that member saw it.
 *
 * @param sequence position among the events of the run: from 1 on, each higher than those before it; some are missing, where many of a
 *     kind were drawn together
 * @param at by the clock of the member's machine, which may be set back
 * @param times how often it happened: 1, or more where the like of it was only counted, and {@code text} is what came last
 * @param text one sentence, of {@value #MAX_TEXT_CHARACTERS} characters at most
 * @param node the member that it is about; null where it is about no single one
 */
public record MemberEvent(
        long sequence,
        Instant at,
        EventType type,
        EventSeverity severity,
        long times,
        String text,
        @Nullable Long node) {
    /** Characters of the longest text; what is longer was cut. */
    public static final int MAX_TEXT_CHARACTERS = 1000;
}
