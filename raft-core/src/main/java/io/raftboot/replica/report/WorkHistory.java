package io.raftboot.replica.report;

import io.raftboot.agent.Clock;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.report.WorkSample;
import io.raftboot.api.report.WorkSample.Figure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member has done in the last quarter of an hour, in slots of some seconds. Nothing runs for it: whoever has done something,
 * or looks, ends the slots whose time is over. So work costs some additions and a look at the clock, and a member without work
 * nothing. Any thread; the lock is held when a slot ends, and by who looks.
 */
final class WorkHistory implements MemberMeter {
    static final long SLOT_MILLIS = 5_000;
    static final int SLOTS = 180;

    private static final long SLOT_NANOS = SLOT_MILLIS * 1_000_000;

    /** Of each of the four kinds of work its {@link Tally#FIGURES}, and behind them what was not done. */
    private static final int FIGURES_PER_SLOT = 4 * Tally.FIGURES + 1;

    /** Memory of all slots. */
    static final int RING_BYTES = SLOTS * FIGURES_PER_SLOT * Long.BYTES;

    private final Clock clock;
    private final Tally commands = new Tally();
    private final Tally queries = new Tally();
    private final Tally forces = new Tally();
    private final Tally commits = new Tally();
    private final Tally notDone = new Tally();
    private volatile long slotBegunNanos;

    // Guarded by this.

    private final long[] ring = new long[RING_BYTES / Long.BYTES];

    /** Slots that have ended. */
    private long ended;

    WorkHistory(Clock clock) {
        this.clock = clock;
        this.slotBegunNanos = clock.nanoTime();
    }

    @Override
    public void command(String machine, @Nullable Outcome outcome, long nanos) {
        endSlots();
        commands.add(1, nanos);
        if (!(outcome instanceof Outcome.Applied)) {
            notDone.add(1, 0);
        }
    }

    @Override
    public void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
        endSlots();
        queries.add(1, nanos);
        if (!(outcome instanceof ReadOutcome.Answered)) {
            notDone.add(1, 0);
        }
    }

    @Override
    public void forced(int entries, long nanos) {
        endSlots();
        // A force of nothing but what was committed or voted says nothing of batches, and there is one for each at
        // little load.
        if (entries > 0) {
            forces.add(entries, nanos);
        }
    }

    @Override
    public void committed(int entries, long nanos) {
        endSlots();
        commits.add(entries, nanos);
    }

    /** The slots that have ended, the oldest first; not more than {@link #SLOTS}. */
    List<WorkSample> samples() {
        endSlots();
        synchronized (this) {
            long sinceMillis = (clock.nanoTime() - slotBegunNanos) / 1_000_000;
            long first = Math.max(0, ended - SLOTS);
            var samples = new ArrayList<WorkSample>();
            for (long slot = first; slot < ended; slot++) {
                samples.add(sample(slot, sinceMillis + (ended - 1 - slot) * SLOT_MILLIS));
            }
            return samples;
        }
    }

    /** The newest slot that has ended; null if none has. */
    @Nullable
    WorkSample newest() {
        endSlots();
        synchronized (this) {
            return ended == 0 ? null : sample(ended - 1, (clock.nanoTime() - slotBegunNanos) / 1_000_000);
        }
    }

    private WorkSample sample(long slot, long ageMillis) {
        int at = at(slot);
        return new WorkSample(
                Math.max(0, ageMillis),
                SLOT_MILLIS,
                figure(at),
                figure(at + Tally.FIGURES),
                figure(at + 2 * Tally.FIGURES),
                figure(at + 3 * Tally.FIGURES),
                ring[at + 4 * Tally.FIGURES]);
    }

    private Figure figure(int at) {
        return new Figure(ring[at], ring[at + 1], ring[at + 2], ring[at + 3]);
    }

    private static int at(long slot) {
        return (int) (slot % SLOTS) * FIGURES_PER_SLOT;
    }

    private void endSlots() {
        if (clock.nanoTime() - slotBegunNanos >= SLOT_NANOS) {
            endThem();
        }
    }

    /** All that was counted belongs to the first of the slots that have ended: else somebody would have been here before. */
    private synchronized void endThem() {
        long over = (clock.nanoTime() - slotBegunNanos) / SLOT_NANOS;
        if (over <= 0) {
            return;
        }
        slotBegunNanos += over * SLOT_NANOS;
        int at = at(ended);
        commands.moveTo(ring, at);
        queries.moveTo(ring, at + Tally.FIGURES);
        forces.moveTo(ring, at + 2 * Tally.FIGURES);
        commits.moveTo(ring, at + 3 * Tally.FIGURES);
        ring[at + 4 * Tally.FIGURES] = notDone.take();
        for (long slot = ended + 1; slot < ended + Math.min(over, SLOTS + 1L); slot++) {
            Arrays.fill(ring, at(slot), at(slot) + FIGURES_PER_SLOT, 0);
        }
        ended += over;
    }
}
