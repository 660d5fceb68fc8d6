package io.raftboot.demo.playground;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the writes of a steady load: in all, and in each half second of the last minute. One that was done, and that the rules
 * had change nothing, is acknowledged too. Any thread.
 */
final class LoadTally {
    static final int SLOT_MILLIS = 500;

    private static final int SLOTS = 120;
    private static final long SLOT_NANOS = SLOT_MILLIS * 1_000_000L;

    // Guarded by this.

    private final long[] slotNumbers = new long[SLOTS];
    private final int[][] slots = new int[SLOTS][3];
    private final long[] totals = new long[3];
    private final long beganNanos = System.nanoTime();
    private @Nullable CallResult newestFailure;

    synchronized void add(CallResult result) {
        int kind = kind(result.outcome());
        long number = number(System.nanoTime());
        int at = (int) (number % SLOTS);
        if (slotNumbers[at] != number) {
            slotNumbers[at] = number;
            slots[at] = new int[3];
        }
        slots[at][kind]++;
        totals[kind]++;
        newestFailure = result.outcome().isAnswered() ? newestFailure : result;
    }

    private static int kind(CallOutcome outcome) {
        return switch (outcome) {
            case ACKNOWLEDGED, FORBIDDEN -> 0;
            case REFUSED -> 1;
            case UNKNOWN -> 2;
        };
    }

    /** From 1 on, so that an empty place is of no slot. */
    private long number(long nowNanos) {
        return (nowNanos - beganNanos) / SLOT_NANOS + 1;
    }

    /**
     * The writes so far.
     *
     * @param slots of the last minute, the newest last, each with how many were acknowledged, refused, and unknown
     * @param slotAgeMillis age of the beginning of the newest
     */
    record Shape(
            long acknowledged,
            long refused,
            long unknown,
            List<int[]> slots,
            double slotAgeMillis,
            @Nullable CallResult newestFailure) {}

    synchronized Shape shape() {
        long nowNanos = System.nanoTime();
        long last = number(nowNanos);
        var shown = new ArrayList<int[]>();
        for (long number = last - SLOTS + 1; number <= last; number++) {
            int at = (int) Math.floorMod(number, (long) SLOTS);
            shown.add(number > 0 && slotNumbers[at] == number ? slots[at].clone() : new int[3]);
        }
        double age = ((nowNanos - beganNanos) % SLOT_NANOS) / 1e6;
        return new Shape(totals[0], totals[1], totals[2], shown, age, newestFailure);
    }
}
