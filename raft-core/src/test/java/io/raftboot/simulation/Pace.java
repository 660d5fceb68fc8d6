package io.raftboot.simulation;

/**
 * How time passes for a process.
 *
 * @param rate of its clock: how many seconds it counts in one true second
 * @param offsetNanos what its clock said at the beginning
 * @param turnNanos an agent that is woken, and a task, has its turn within this time, drawn anew each time, so that agents that are
 *     woken together are stepped in an order that the seed draws; 0 for at once, in the order in which they were woken
 * @param lateNanos timers ring late by less than this, drawn anew each time
 * @param bunched whether what a timer missed while its process stood still comes in a bunch afterwards, as it must not
 */
public record Pace(double rate, long offsetNanos, long turnNanos, long lateNanos, boolean bunched) {
    /** By the true clock, in the order in which things come. */
    public static final Pace EXACT = new Pace(1, 0, 0, 0, false);

    public Pace {
        if (rate <= 0 || turnNanos < 0 || lateNanos < 0) {
            throw new IllegalArgumentException("a clock goes forward, and nothing happens before its time; not rate "
                    + rate + ", " + turnNanos + " ns to a turn, " + lateNanos + " ns late");
        }
    }

    public Pace withRate(double value) {
        return new Pace(value, offsetNanos, turnNanos, lateNanos, bunched);
    }

    public Pace withOffsetNanos(long value) {
        return new Pace(rate, value, turnNanos, lateNanos, bunched);
    }

    public Pace withTurnNanos(long value) {
        return new Pace(rate, offsetNanos, value, lateNanos, bunched);
    }

    public Pace withLateNanos(long value) {
        return new Pace(rate, offsetNanos, turnNanos, value, bunched);
    }

    public Pace withBunched(boolean value) {
        return new Pace(rate, offsetNanos, turnNanos, lateNanos, value);
    }
}
