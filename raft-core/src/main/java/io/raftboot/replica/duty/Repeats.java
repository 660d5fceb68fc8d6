package io.raftboot.replica.duty;

import io.raftboot.api.event.EventType;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws together what happens again and again: of a kind that comes often the first few within a minute are events each, and what follows is
 * counted, and becomes one event a minute, in the place of the one before. So one kind has a few events at a time,
 * however long it goes on. Not thread-safe.
 */
final class Repeats {
    private static final long WINDOW_NANOS = 60_000_000_000L;

    /** Events of one kind that are kept one by one within a minute: as many as somebody may cause who tries things out. */
    private static final int ONE_BY_ONE = 10;

    /** Strangers may choose some of the kinds; of more, the one that was heard of least lately is forgotten. */
    private static final int MAX_KINDS = 256;

    private final Kept kept;
    private final Dropped dropped;
    private final Map<EventLog.Kind, Recurrence> byKind = new LinkedHashMap<>(16, 0.75f, true);

    /** Makes an event of a report. */
    @FunctionalInterface
    interface Kept {
        /** Returns its sequence number. */
        long keep(EventLog.Report report, String text, long times);
    }

    /** Takes an event back that another one says more of. */
    @FunctionalInterface
    interface Dropped {
        void drop(EventType type, long sequence);
    }

    /** How often one kind came. */
    private static final class Recurrence {
        private long windowNanos;
        private int oneByOne;
        private long counted;
        private long countedBefore;
        private long firstCountedMillis;
        private long sequence;
        private EventLog.@Nullable Report last;

        Recurrence(long nowNanos) {
            windowNanos = nowNanos;
        }
    }

    Repeats(Kept kept, Dropped dropped) {
        this.kept = kept;
        this.dropped = dropped;
    }

    int kinds() {
        return byKind.size();
    }

    void take(EventLog.Report report) {
        var recurrence = byKind.get(report.kind());
        if (recurrence == null) {
            makeRoom();
            recurrence = new Recurrence(report.atNanos());
            byKind.put(report.kind(), recurrence);
        }
        settle(recurrence, report.atNanos());
        if (recurrence.oneByOne < ONE_BY_ONE) {
            recurrence.oneByOne++;
            kept.keep(report, report.text(), 1);
            return;
        }
        if (recurrence.counted + recurrence.countedBefore == 0) {
            recurrence.firstCountedMillis = report.atMillis();
        }
        recurrence.counted++;
        recurrence.last = report;
    }

    /** Makes events of what was counted for a minute, and forgets what did not come again. */
    void settle(long nowNanos) {
        byKind.values().removeIf(recurrence -> {
            settle(recurrence, nowNanos);
            return recurrence.oneByOne == 0;
        });
    }

    private void settle(Recurrence recurrence, long nowNanos) {
        if (nowNanos - recurrence.windowNanos < WINDOW_NANOS) {
            return;
        }
        recurrence.windowNanos = nowNanos;
        if (recurrence.counted > 0) {
            sum(recurrence);
        } else {
            // A minute without: when it comes back, that is something new.
            recurrence.oneByOne = 0;
            recurrence.countedBefore = 0;
            recurrence.sequence = 0;
        }
    }

    private void sum(Recurrence recurrence) {
        var last = recurrence.last;
        if (last == null) {
            return;
        }
        if (recurrence.sequence != 0) {
            dropped.drop(last.kind().type(), recurrence.sequence);
        }
        recurrence.countedBefore += recurrence.counted;
        recurrence.counted = 0;
        recurrence.last = null;
        long times = recurrence.countedBefore;
        String since = times == 1
                ? ""
                : " (" + times + " times since " + Instant.ofEpochMilli(recurrence.firstCountedMillis) + ")";
        recurrence.sequence = kept.keep(last, last.text() + since, times);
    }

    private void makeRoom() {
        if (byKind.size() >= MAX_KINDS) {
            var oldest = byKind.entrySet().iterator().next();
            sum(oldest.getValue());
            byKind.remove(oldest.getKey());
        }
    }
}
