package io.raftboot.replica.duty;

import io.raftboot.agent.Clock;
import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.notice.QuietLogger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;

/**
 * The events of a member, over all its runs. Whoever reports one puts it into a queue, and orders what is there unless somebody is at
 * that already, who then takes it along: so nobody who reports waits for another one, or for a reader. Any thread.
 */
public final class EventLog implements EventSink, MemberEvents {
    /** Reports that wait while a reader is at it, far more than come in that time; beyond it they are left out. */
    private static final int MAX_WAITING = 4096;

    private static final int BASE_OF_RUN = 36;

    private final Logger log = QuietLogger.of(EventLog.class);
    private final Clock clock;
    private final String run;
    private final Queue<Report> reports = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock, which only readers wait for.

    private final Map<EventType, NavigableMap<Long, MemberEvent>> byType = new EnumMap<>(EventType.class);
    private final Repeats repeats = new Repeats(this::keep, this::drop);
    private int count;
    private long newest;

    /**
     * What somebody has reported.
     *
     * @param kind what counts as the same
     */
    record Report(Kind kind, String text, long atMillis, long atNanos) {}

    /** What is drawn together if it comes often. */
    record Kind(EventType type, EventSeverity severity, long node, String pattern) {}

    /** @param clock as the member is told the time */
    public EventLog(Clock clock) {
        this.clock = clock;
        this.run = Long.toString(clock.wallMillis(), BASE_OF_RUN);
        for (EventType type : EventType.values()) {
            byType.put(type, new TreeMap<>());
        }
    }

    @Override
    public void add(EventType type, EventSeverity severity, long node, String kind, String text) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return;
        }
        var named = new Kind(type, severity, node, kind);
        reports.add(new Report(named, cut(text), clock.wallMillis(), clock.nanoTime()));
        order();
    }

    /** What was only counted for a minute becomes an event. */
    @Override
    public void tick() {
        if (lock.tryLock()) {
            boolean any;
            try {
                any = settle();
            } finally {
                lock.unlock();
            }
            tell(any);
        }
        order();
    }

    @Override
    public Page after(long sequence) {
        var events = new ArrayList<MemberEvent>();
        boolean any;
        long oldest;
        long last;
        lock.lock();
        try {
            any = take();
            any |= settle();
            byType.values()
                    .forEach(one -> events.addAll(one.tailMap(sequence, false).values()));
            oldest = oldest();
            last = newest;
        } finally {
            lock.unlock();
        }
        tell(any);
        // What came while the lock was held was left for whoever held it.
        order();
        events.sort(Comparator.comparingLong(MemberEvent::sequence));
        return new Page(run, oldest, last, events);
    }

    @Override
    public Listening listen(Runnable told) {
        // Of its own, so that one who listens twice can end one of the two.
        Runnable own = () -> told.run();
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    /** For tests: kinds that are told apart to be counted. */
    int countedKinds() {
        lock.lock();
        try {
            return repeats.kinds();
        } finally {
            lock.unlock();
        }
    }

    private void order() {
        boolean any = false;
        // Once more after each: who put something in while the lock was held has left it to its holder.
        while (!reports.isEmpty() && lock.tryLock()) {
            try {
                any |= take();
            } finally {
                lock.unlock();
            }
        }
        tell(any);
    }

    private boolean take() {
        long before = newest;
        for (Report report = reports.poll(); report != null; report = reports.poll()) {
            waiting.decrementAndGet();
            repeats.take(report);
        }
        return newest != before;
    }

    private boolean settle() {
        long before = newest;
        repeats.settle(clock.nanoTime());
        return newest != before;
    }

    /** Returns its sequence number. */
    private long keep(Report report, String text, long times) {
        var kind = report.kind();
        newest++;
        var event = new MemberEvent(
                newest,
                Instant.ofEpochMilli(report.atMillis()),
                kind.type(),
                kind.severity(),
                times,
                cut(text),
                kind.node() == NO_NODE ? null : kind.node());
        of(kind.type()).put(newest, event);
        count++;
        if (count > MAX_EVENTS) {
            dropOne();
        }
        return newest;
    }

    private void dropOne() {
        NavigableMap<Long, MemberEvent> most = of(EventType.LIFE);
        for (var one : byType.values()) {
            most = one.size() > most.size() ? one : most;
        }
        most.pollFirstEntry();
        count--;
    }

    /** It may be gone already. */
    private void drop(EventType type, long sequence) {
        if (of(type).remove(sequence) != null) {
            count--;
        }
    }

    private NavigableMap<Long, MemberEvent> of(EventType type) {
        return byType.computeIfAbsent(type, any -> new TreeMap<>());
    }

    private long oldest() {
        return byType.values().stream()
                .filter(one -> !one.isEmpty())
                .mapToLong(NavigableMap::firstKey)
                .min()
                .orElse(0);
    }

    private void tell(boolean any) {
        if (!any) {
            return;
        }
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException | Error e) {
                // Neither the member nor other listeners suffer from it.
                log.warn("somebody who was told of events of the member failed", e);
            }
        }
    }

    private static String cut(String text) {
        if (text.length() <= MemberEvent.MAX_TEXT_CHARACTERS) {
            return text;
        }
        int end = MemberEvent.MAX_TEXT_CHARACTERS - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
