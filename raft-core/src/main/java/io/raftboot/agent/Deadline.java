package io.raftboot.agent;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The end of a wait, by the clock by which whoever waits wakes up: threads do by the machine's own, whatever their agents are told.
 *
 * @param nanos at which the wait ends, of an origin that says nothing
 * @param clock the time now, in nanoseconds of the same origin
 */
public record Deadline(long nanos, LongSupplier clock) {
    /** The end of a thread's wait that begins now. */
    public static Deadline after(Duration patience) {
        return after(patience, System::nanoTime);
    }

    /** The end of a wait that begins now, by this clock. */
    public static Deadline after(Duration patience, LongSupplier clock) {
        return new Deadline(clock.getAsLong() + patience.toNanos(), clock);
    }

    /** The end of a longer wait. */
    public Deadline plusNanos(long more) {
        return new Deadline(nanos + more, clock);
    }

    /** How long is left; not greater than 0 once it is over. */
    public long leftNanos() {
        return nanos - clock.getAsLong();
    }

    /** How long is left; never less than nothing. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, leftNanos()));
    }

    public boolean isOver() {
        return leftNanos() <= 0;
    }
}
