package io.raftboot.notice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Says how things are that change, such as whether a peer can be reached: one line when trouble begins, one a minute for as long as
 * it lasts, and one when it is over. Where something changes all the time each kind of line comes once a minute at most;
 * what was kept back, and still is so when its minute is over, is said then. So the last line about a thing is true, a
 * minute later at the latest. All goes to DEBUG as well when it is kept back. Any thread.
 */
public final class Conditions {
    private static final long REPEAT_NANOS = 60_000_000_000L;

    /** Strangers on a port may choose what is remembered here, so it ends somewhere; then it starts over. */
    private static final int MAX_SUBJECTS = 512;

    private static final int MAX_KINDS = 32;
    private static final int MAX_UNWRITTEN = 1024;
    private static final String OVER = "over";

    private final Logger log;
    private final LongSupplier nanoClock;
    private final Executor writer;
    private final Map<String, Condition> conditions = new HashMap<>();

    /** Lines on their way into the log. One thread at most writes, so that a log that hangs takes no more than that. */
    private final Queue<Line> unwritten = new ArrayBlockingQueue<>(MAX_UNWRITTEN);

    private final AtomicBoolean writing = new AtomicBoolean();

    private record Line(Level level, String text) {}

    /** How one thing is, and what was said of that. */
    private static final class Condition {
        private final Map<String, Long> saidNanos = new HashMap<>();
        private String kind = "";
        private Level level = Level.INFO;
        private boolean lasting;
        private String text = "";
        private String saidKind = "";
        private boolean saidTrouble;
        private long changesKept;

        /** The line that is due, or null. */
        @Nullable
        Line due(long now) {
            // What ends trouble has a minute of its own: it must not wait because it was so before the trouble.
            String key = !lasting && saidTrouble ? "again " + kind : kind;
            Long before = saidNanos.get(key);
            if (before != null && now - before < REPEAT_NANOS) {
                return null;
            }
            if (saidNanos.size() >= MAX_KINDS) {
                saidNanos.clear();
            }
            saidNanos.put(key, now);
            saidKind = kind;
            saidTrouble = lasting;
            String meanwhile = changesKept == 0 ? "" : " (it changed " + changesKept + " times since the last line)";
            changesKept = 0;
            return new Line(level, text + meanwhile);
        }
    }

    /** @param nanoClock monotonic, in nanoseconds; it may run over */
    public Conditions(Logger log, LongSupplier nanoClock) {
        this(log, nanoClock, Runnable::run);
    }

    /**
     * As {@link #Conditions(Logger, LongSupplier)}, for threads that must not wait for the log.
     *
     * @param writer runs what writes the lines; given one piece of work at a time. Lines that come while the log takes none are
     *     kept up to a limit, and dropped beyond it
     */
    public Conditions(Logger log, LongSupplier nanoClock, Executor writer) {
        this.log = log;
        this.nanoClock = nanoClock;
        this.writer = writer;
    }

    /** There is trouble, now or still; of another kind it is worth a line of its own. */
    public void trouble(Level level, String subject, String kind, String text) {
        say(change(condition(subject), level, kind, true, text));
    }

    /** Something has just become so, and is no trouble. */
    public void fact(String subject, String kind, String text) {
        say(change(condition(subject), Level.INFO, kind, false, text));
    }

    /** The trouble is over; not worth a line where none was said of it. */
    public void over(String subject, String text) {
        say(end(subject, text));
    }

    /** Says what was kept back and still is so, and what lasts; to be called now and then. */
    public void tick() {
        List<Line> lines = new ArrayList<>(0);
        synchronized (this) {
            long now = nanoClock.getAsLong();
            for (Condition condition : conditions.values()) {
                boolean unsaid = !condition.kind.equals(condition.saidKind);
                Line line = unsaid || condition.lasting ? condition.due(now) : null;
                if (line != null) {
                    lines.add(line);
                }
            }
        }
        lines.forEach(this::say);
    }

    private synchronized Condition condition(String subject) {
        if (conditions.size() >= MAX_SUBJECTS && !conditions.containsKey(subject)) {
            conditions.clear();
        }
        return conditions.computeIfAbsent(subject, any -> new Condition());
    }

    private synchronized Line change(Condition condition, Level level, String kind, boolean lasting, String text) {
        boolean news = !lasting || !condition.kind.equals(kind);
        condition.kind = kind;
        condition.level = level;
        condition.lasting = lasting;
        condition.text = text;
        Line line = condition.due(nanoClock.getAsLong());
        if (line != null) {
            return line;
        }
        if (news) {
            condition.changesKept++;
        }
        return new Line(Level.DEBUG, text);
    }

    private synchronized @Nullable Line end(String subject, String text) {
        Condition condition = conditions.get(subject);
        if (condition == null || !condition.lasting) {
            return null;
        }
        if (!condition.saidKind.equals(OVER)) {
            return change(condition, Level.INFO, OVER, false, text);
        }
        // The trouble was not said, so there is nothing to be taken back.
        condition.kind = OVER;
        condition.lasting = false;
        condition.text = text;
        condition.changesKept++;
        return new Line(Level.DEBUG, text);
    }

    private void say(@Nullable Line line) {
        // What the log makes of it is its own affair: what is queued, and run, is the same at every level.
        if (line == null || !unwritten.offer(line)) {
            return;
        }
        if (writing.compareAndSet(false, true)) {
            writer.execute(this::write);
        }
    }

    private void write() {
        do {
            try {
                for (Line line = unwritten.poll(); line != null; line = unwritten.poll()) {
                    log.atLevel(line.level()).log("{}", line.text());
                }
            } finally {
                writing.set(false);
            }
            // Once more after the announcement: who put something in before it has started nobody.
        } while (!unwritten.isEmpty() && writing.compareAndSet(false, true));
    }
}
