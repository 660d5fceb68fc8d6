package io.raftboot.transport;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Says each thing once, and as long as it goes on once a minute, instead of at every attempt. Used by the event loop only. */
final class NoticeLog {
    /** Strangers on the port choose what is remembered here, so it ends somewhere; then it starts over. */
    private static final int MAX_REMEMBERED = 512;

    private static final long REPEAT_NANOS = 60_000_000_000L;

    private final Logger log;
    private final LongSupplier nanoClock;
    private final Map<String, Said> said = new HashMap<>();

    /** When something was said last, and how often it would have been said since. */
    private static final class Said {
        private long nanos;
        private long kept;

        Said(long nanos) {
            this.nanos = nanos;
        }
    }

    NoticeLog(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
    }

    /** At WARN the first time and a minute after the last time, else at DEBUG; until forgotten. */
    void warnOnce(String subject, String message) {
        // Part of it may come from the other side, which shall not write lines of its own into the log.
        String text = message.replaceAll("\\p{Cntrl}", "?");
        long now = nanoClock.getAsLong();
        if (said.size() >= MAX_REMEMBERED) {
            said.clear();
        }
        Said before = said.get(subject + ' ' + text);
        if (before == null) {
            said.put(subject + ' ' + text, new Said(now));
            log.warn("{} {}", subject, text);
        } else if (now - before.nanos >= REPEAT_NANOS) {
            log.warn("{} {} ({} times more since this was said last)", subject, text, before.kept + 1);
            before.nanos = now;
            before.kept = 0;
        } else {
            before.kept++;
            log.debug("{} {}", subject, text);
        }
    }

    /** What was said of this subject is over: it is said again when it comes back. */
    void forget(String subject) {
        said.keySet().removeIf(text -> text.startsWith(subject + ' '));
    }
}
