package io.raftboot.transport.netty.wire;

import io.raftboot.notice.Recurrences;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Says each thing once, and as long as it goes on once a minute, instead of at every attempt. Any thread. */
public final class NoticeLog {
    private final Logger log;
    private final Recurrences recurrences;

    public NoticeLog(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.recurrences = new Recurrences(nanoClock);
    }

    /** Says it at WARN the first time and a minute after the last time, else at DEBUG; until it is forgotten. */
    public void warnOnce(String subject, String message) {
        // Part of it may come from the other side, which shall not write lines of its own into the log.
        String text = message.replaceAll("\\p{Cntrl}", "?");
        long times = recurrences.seen(subject + ' ' + text);
        if (times == Recurrences.KEPT) {
            log.debug("{} {}", subject, text);
        } else if (times == 0) {
            log.warn("{} {}", subject, text);
        } else {
            log.warn("{} {} ({} times more since this was said last)", subject, text, times);
        }
    }

    /** As {@link #warnOnce}, at INFO, for what is no fault unless it happens again and again. */
    public void infoOnce(String subject, String message) {
        long times = recurrences.seen(subject + ' ' + message);
        if (times == Recurrences.KEPT) {
            log.debug("{} {}", subject, message);
        } else if (times == 0) {
            log.info("{} {}", subject, message);
        } else {
            log.info("{} {} ({} times more since this was said last)", subject, message, times);
        }
    }

    /** What was said of this subject is over: it is said again when it comes back. */
    public void forget(String subject) {
        recurrences.forget(subject + ' ');
    }
}
