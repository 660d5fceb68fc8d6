package io.raftboot.replica.duty;

import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Where the parts of a member report what happens to it. What is worth a line in the log is reported and logged by one call, so
 * that both say the same. Any thread; waits for nobody.
 */
public interface EventSink {
    /** Forgets what it is told. */
    EventSink NONE = (type, severity, node, kind, text) -> {};

    /** Stands for no node. */
    long NO_NODE = 0;

    /**
     * Something happened.
     *
     * @param node that it is about; 0 for none
     * @param kind what many of are counted rather than kept one by one, together with the other values but the text
     * @param text one sentence
     */
    void add(EventType type, EventSeverity severity, long node, String kind, String text);

    /** Now and then, so that what was only counted is told of. */
    default void tick() {}

    /** Something happened that is in no log. */
    default void note(EventType type, long node, String pattern, Object... arguments) {
        add(type, EventSeverity.INFO, node, pattern, text(pattern, arguments));
    }

    /** Something happened that somebody should know, and that is in no log of this part. */
    default void warning(EventType type, long node, String pattern, Object... arguments) {
        add(type, EventSeverity.WARNING, node, pattern, text(pattern, arguments));
    }

    /** Something happened; said in the log as well. */
    default void info(Logger log, EventType type, long node, String pattern, Object... arguments) {
        log.info(pattern, arguments);
        add(type, EventSeverity.INFO, node, pattern, text(pattern, arguments));
    }

    /** Something happened that somebody should know; said in the log as well. */
    default void warn(Logger log, EventType type, long node, String pattern, Object... arguments) {
        log.warn(pattern, arguments);
        add(type, EventSeverity.WARNING, node, pattern, text(pattern, arguments));
    }

    /** Something happened about which somebody should do something; said in the log as well. */
    default void error(Logger log, EventType type, long node, String pattern, Object... arguments) {
        log.error(pattern, arguments);
        add(type, EventSeverity.ERROR, node, pattern, text(pattern, arguments));
    }

    /** As SLF4J puts it together; where its log shows a stack trace, this has what the cause says, unless that was said. */
    private static String text(String pattern, Object... arguments) {
        var said = MessageFormatter.arrayFormat(pattern, arguments);
        String text = said.getMessage();
        @Nullable Throwable cause = said.getThrowable();
        if (cause == null) {
            return text;
        }
        String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return text.contains(why) ? text : text + ": " + why;
    }
}
