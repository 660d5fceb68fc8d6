package io.raftboot.agent;

import java.time.Duration;

/**
 * The end of a thread's wait, by the machine's own clock: threads wake up by that one, whatever their agents are told.
 *
 * @param nanos at which the wait ends, of an origin that says nothing
 */
public record Deadline(long nanos) {
    public static Deadline after(Duration patience) {
        return new Deadline(System.nanoTime() + patience.toNanos());
    }

    /** The end of a longer wait. */
    public Deadline plusNanos(long more) {
        return new Deadline(nanos + more);
    }

    /** How long is left; not greater than 0 once it is over. */
    public long leftNanos() {
        return nanos - System.nanoTime();
    }

    /** How long is left; never less than nothing. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, leftNanos()));
    }

    public boolean isOver() {
        return leftNanos() <= 0;
    }
}
