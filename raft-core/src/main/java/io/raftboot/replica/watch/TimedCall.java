package io.raftboot.replica.watch;

import io.raftboot.agent.Clock;
import java.time.Duration;

/**
 * A call that has to end when its time is up, whoever hangs. Its owner ends it first if it can, because the owner knows most;
 * else the {@link DeadlineKeeper} does.
 */
public interface TimedCall {
    /** No call waits for longer: more than any process runs, and far from where nanoseconds overflow. */
    Duration LONGEST = Duration.ofDays(36_500);

    /** When a call that begins now has to end. Any time-out that is written is one; what is longer is {@link #LONGEST}. */
    static long deadline(Clock clock, Duration timeout) {
        return clock.nanoTime() + (timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST).toNanos();
    }

    /** Any thread. */
    boolean isDone();

    /** Time at which it has to end, by {@link Clock#nanoTime}. */
    long deadlineNanos();

    /**
     * Its time is up, and its owner did not end it. Any thread; does nothing if it has ended meanwhile. What was attached to its
     * end runs on this thread.
     *
     * @param hint what hangs, to be put behind a sentence; may be empty
     */
    void giveUp(String hint);

    /** The member has stopped without answering it; as {@link #giveUp}. */
    void stopped(String why);
}
