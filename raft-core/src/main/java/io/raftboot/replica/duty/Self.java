package io.raftboot.replica.duty;

import io.raftboot.agent.Clock;
import java.time.Duration;

/**
 * What every part of a member knows of it.
 *
 * @param runId random, and another one at each start: makes an answer to an earlier run no answer to this one
 * @param clock as the member is told the time
 */
public record Self(long nodeId, long runId, Clock clock, Duration electionTimeout, Duration tickInterval) {
    public long electionTimeoutNanos() {
        return electionTimeout.toNanos();
    }

    public long nowNanos() {
        return clock.nanoTime();
    }
}
