package io.raftboot.transport;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/** Says each thing once, instead of at every attempt. Used by the event loop only. */
final class NoticeLog {
    /** Strangers on the port choose what is remembered here, so it ends somewhere; then it starts over. */
    private static final int MAX_REMEMBERED = 512;

    private final Logger log;
    private final Set<String> said = new HashSet<>();

    NoticeLog(Logger log) {
        this.log = log;
    }

    /** At WARN the first time, then at DEBUG until forgotten. */
    void warnOnce(String subject, String message) {
        // Part of it may come from the other side, which shall not write lines of its own into the log.
        String text = message.replaceAll("\\p{Cntrl}", "?");
        if (said.size() >= MAX_REMEMBERED) {
            said.clear();
        }
        if (said.add(subject + ' ' + text)) {
            log.warn("{} {}", subject, text);
        } else {
            log.debug("{} {}", subject, text);
        }
    }

    /** What was said of this subject is over: it is said again when it comes back. */
    void forget(String subject) {
        said.removeIf(text -> text.startsWith(subject + ' '));
    }
}
