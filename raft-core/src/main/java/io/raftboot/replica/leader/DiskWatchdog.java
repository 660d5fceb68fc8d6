package io.raftboot.replica.leader;

import io.raftboot.agent.Clock;
import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import io.raftboot.notice.Conditions;
import io.raftboot.replica.duty.EventSink;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes the leadership from a member whose disk hangs, and keeps it from campaigning until the disk is back.
 *
 * <p>Without it such a leader goes on sending heartbeats, so nobody else campaigns, while it acknowledges what it can't
 * keep and applies nothing (etcd's issues 13527 and 15247). First it tries to hand over, which costs the group no election
 * timeout; if it still leads half an election timeout later, it steps down and falls silent. Owned by the raft stage, but
 * for {@link #hangs}.
 */
public final class DiskWatchdog {
    private static final String DISK = "disk";

    private final Conditions conditions;
    private final long timeoutNanos;
    private final EventSink events;
    private boolean handedOver;
    private volatile boolean hangs;

    /** What is to be done now. */
    public enum Action {
        NONE,
        HAND_OVER,
        STEP_DOWN
    }

    /**
     * @param timeoutNanos of an election: for so long may a write, a force or a read of the log take
     * @param events told when the disk hangs, and when it is back
     */
    public DiskWatchdog(Clock clock, long timeoutNanos, EventSink events) {
        this.conditions = new Conditions(LoggerFactory.getLogger(DiskWatchdog.class), clock::nanoTime);
        this.timeoutNanos = timeoutNanos;
        this.events = events;
    }

    /** Whether the disk has not come back for an election timeout, as of the last tick. Any thread. */
    public boolean hangs() {
        return hangs;
    }

    private void report(long underWayNanos, boolean changed) {
        String text = hangs
                ? "the disk has not finished a write or a read for " + underWayNanos / 1_000_000
                        + " ms, longer than an election timeout: this member does not lead until it has"
                : "the disk is back";
        if (hangs) {
            conditions.trouble(Level.ERROR, DISK, "hangs", text);
        } else {
            conditions.over(DISK, text);
        }
        conditions.tick();
        if (changed) {
            events.add(EventType.DISK, hangs ? EventSeverity.ERROR : EventSeverity.INFO, EventSink.NO_NODE, DISK, text);
        }
    }

    /**
     * Looks at the disk, and says what is to be done about it.
     *
     * @param underWayNanos for how long the present work of the disk has been under way; 0 if there is none
     * @param leads whether this member leads, and there is somebody else who could
     */
    public Action tick(long underWayNanos, boolean leads) {
        boolean hangsNow = underWayNanos > timeoutNanos;
        boolean changed = hangsNow != hangs;
        if (changed) {
            hangs = hangsNow;
            handedOver = false;
        }
        report(underWayNanos, changed);
        if (!hangsNow || !leads) {
            return Action.NONE;
        }
        if (!handedOver) {
            handedOver = true;
            return Action.HAND_OVER;
        }
        return underWayNanos > timeoutNanos + timeoutNanos / 2 ? Action.STEP_DOWN : Action.NONE;
    }
}
