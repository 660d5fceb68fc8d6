package io.raftboot.simulation;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * All that is still to happen, ordered by time and, at equal time, by when it was put in. Time stands still while something
 * happens, and moves to the next event then. Of one thread.
 */
public final class EventQueue {
    private record Event(long atNanos, long number, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::number));
    private Runnable look = () -> {};
    private long nowNanos;
    private long count;

    EventQueue() {}

    /** The time that is true, which no host need have on its clock. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How much has been put in so far. */
    public long count() {
        return count;
    }

    /** Has something happen later; behind all that happens now if the delay is 0. */
    public void after(long delayNanos, Runnable action) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("an event can't come " + -delayNanos + " ns before now");
        }
        events.add(new Event(nowNanos + delayNanos, count++, action));
    }

    /** Has everything looked at after each event from now on, by one more. */
    public void afterEach(Runnable newLook) {
        var others = look;
        look = () -> {
            others.run();
            newLook.run();
        };
    }

    /** Has happen what is due within this time, and moves time to its end. */
    public void runFor(Duration time) {
        long end = nowNanos + time.toNanos();
        while (isDue(end)) {
            runNext();
        }
        nowNanos = end;
    }

    /**
     * Has things happen until the condition holds.
     *
     * @return whether it does; false once the time is up, or nothing is left to happen
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        long end = nowNanos + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (!isDue(end)) {
                return false;
            }
            runNext();
        }
        return true;
    }

    private boolean isDue(long end) {
        var next = events.peek();
        return next != null && next.atNanos <= end;
    }

    private void runNext() {
        var next = events.remove();
        nowNanos = next.atNanos;
        next.action.run();
        look.run();
    }
}
