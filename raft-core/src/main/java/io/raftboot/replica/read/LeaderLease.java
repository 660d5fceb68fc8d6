package io.raftboot.replica.read;

import java.time.Duration;

/**
 * How long a leader may answer reads without asking anybody (dissertation section 6.4.1). A quorum of the configuration that
 * confirmed a round promised, by that, to elect nobody else within an election timeout of hearing the round's message; none
 * of them heard it before the round started. So until the lease's length has passed <em>since the start of the round</em>,
 * when its answers came does not matter, no other leader can have committed anything, and this one's commit index is the
 * group's.
 *
 * <p><b>Length.</b> An election timeout, less
 * <ul>
 *   <li>{@value #UNEVEN_TICKS} ticks: a follower counts whole ticks, and the first may come right behind the message;
 *   <li>a {@value #DRIFT_DIVISOR}th of it: by so much the clock of a follower may run faster than that of the leader.
 * </ul>
 *
 * <p><b>Void</b> without regard to time: in another term, for this member then is no leader, or has a new office; for the rest
 * of a term in which MSG_TIMEOUT_NOW was sent, for its receiver may campaign against all promises, and a late message that says so
 * may reach it whenever; and behind a pause of the process, up to a round that started later.
 *
 * <p><b>What is asked of the caller</b>: to look at the clock when it asks, and at the commit index then. What happens after
 * that does no harm, a pause included: the answer holds everything acknowledged up to that look, which lies between the call and
 * the answer of the read, and nothing that was not committed.
 *
 * <p>Open to a subclass, because a test has to see what becomes of reads when one of these rules is left out. Owned by the raft stage.
 */
public class LeaderLease {
    static final int DRIFT_DIVISOR = 10;
    static final int UNEVEN_TICKS = 2;
    private static final long NONE = 0;

    private final long lengthNanos;

    /** Term of the round the lease rests on; without a lease, {@link #NONE}. */
    private long term = NONE;

    private long startedNanos;
    private long handedOverTerm = NONE;
    private boolean paused;
    private long pausedUntilNanos;

    public LeaderLease(Duration electionTimeout, Duration tickInterval) {
        this.lengthNanos = electionTimeout
                .minus(electionTimeout.dividedBy(DRIFT_DIVISOR))
                .minus(tickInterval.multipliedBy(UNEVEN_TICKS))
                .toNanos();
    }

    /**
     * A quorum has confirmed a round.
     *
     * @param roundTerm in which this member led when it started, and when it was confirmed
     * @param roundStartedNanos read before any message of the round was handed out
     */
    void confirmed(long roundTerm, long roundStartedNanos) {
        boolean beforePause = paused && roundStartedNanos - pausedUntilNanos < 0;
        boolean newer = term != roundTerm || roundStartedNanos - startedNanos > 0;
        if (roundTerm != handedOverTerm && !beforePause && newer) {
            term = roundTerm;
            startedNanos = roundStartedNanos;
        }
    }

    /** Before the order to take over is sent. */
    void handedOver(long ofTerm) {
        handedOverTerm = ofTerm;
        term = NONE;
    }

    /** The process stood still until now. */
    void paused(long nowNanos) {
        paused = true;
        pausedUntilNanos = nowNanos;
        term = NONE;
    }

    /** @param leadingTerm in which this member leads */
    boolean isHeld(long leadingTerm, long nowNanos) {
        return term == leadingTerm && nowNanos - startedNanos < lengthNanos;
    }

    /** Whether so much of it has passed that the next round should not wait for a read that finds it gone. */
    boolean isHalfOver(long nowNanos) {
        return nowNanos - startedNanos >= lengthNanos / 2;
    }
}
