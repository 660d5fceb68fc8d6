package io.raftboot.replica.leader;

import io.raftboot.agent.Clock;

/**
 * The time a leader stamps on what it appends: the last agreed time of its log, plus what its monotonic clock counted
 * since it took office. So no wall clock that jumps, or that differs between members, ever moves it, and it never
 * decreases along the log. Only the first leader of a cluster asks a wall clock, to begin somewhere sensible.
 * Owned by the raft stage.
 */
public final class AgreedTime {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Clock clock;
    private long baseMillis;
    private long baseNanos;

    public AgreedTime(Clock clock) {
        this.clock = clock;
    }

    /**
     * Begins a term of office.
     *
     * @param lastAgreedMillis of the newest entry applied, which is the newest there is; 0 if none had a stamp
     */
    void takeOffice(long lastAgreedMillis) {
        baseMillis = lastAgreedMillis == 0 ? clock.wallMillis() : lastAgreedMillis;
        baseNanos = clock.nanoTime();
    }

    long nowMillis() {
        return baseMillis + Math.max(0, clock.nanoTime() - baseNanos) / NANOS_PER_MILLI;
    }
}
