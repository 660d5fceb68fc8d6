package io.raftboot.simulation;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * All that is still to happen, ordered by time and, at equal time, by when it was put in. Time stands still while something
 * happens, and moves to the next event then. What happens may wait for something that happens later ({@link SimulatedThread}). Of one
 * thread at a time: whoever runs it, and what happens while it runs.
 */
public final class EventQueue {
    private record Event(long atNanos, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Control control = new Control(new Run());
    private Runnable look = () -> {};
    private BooleanSupplier condition = () -> false;
    private boolean held;
    private long endNanos;
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

    /**
     * Has happen what is due within this time, and moves time to its end. What waits then goes on in a later run. Not from within
     * what happens.
     */
    public void runFor(Duration time) {
        long end = nowNanos + time.toNanos();
        runUntil(() -> false, time);
        nowNanos = end;
    }

    /**
     * Has things happen until the condition holds. Not from within what happens.
     *
     * @return whether it does; false once the time is up, or nothing is left to happen
     */
    public boolean runUntil(BooleanSupplier newCondition, Duration atMost) {
        control.checkOutside();
        condition = newCondition;
        endNanos = nowNanos + atMost.toNanos();
        if (!isOver()) {
            control.run();
        }
        return held;
    }

    /** Whether the calling thread is a part of what happens. */
    public boolean isRunning() {
        return control.current() != null;
    }

    Control control() {
        return control;
    }

    /** Forgets what was to happen, and looks at nothing any more. */
    void clear() {
        events.clear();
        look = () -> {};
    }

    private boolean isOver() {
        held = condition.getAsBoolean();
        return held || !isDue();
    }

    private boolean isDue() {
        var next = events.peek();
        return next != null && next.atNanos <= endNanos;
    }

    private final class Run implements Control.Events {
        @Override
        public boolean isOver() {
            return EventQueue.this.isOver();
        }

        @Override
        public void runNext() {
            var next = events.remove();
            nowNanos = next.atNanos;
            next.action.run();
        }

        @Override
        public void look() {
            look.run();
        }
    }
}
