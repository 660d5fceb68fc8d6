package io.raftboot.replica.leader;

import io.raftboot.agent.Clock;
import io.raftboot.replica.config.NoLeader;
import org.jspecify.annotations.Nullable;

/** Time for which no leader has been known, and whether it is worth waiting for one. Owned by the raft stage. */
public final class LeaderAbsence {
    private final NoLeader policy;
    private final Clock clock;
    private final long limitNanos;
    private boolean everKnown;
    private boolean known;
    private long lostNanos;

    public LeaderAbsence(NoLeader policy, Clock clock, long electionTimeoutNanos) {
        this.policy = policy;
        this.clock = clock;
        this.limitNanos = NoLeader.ELECTION_TIMEOUTS * electionTimeoutNanos;
    }

    /** A leader is known now, or none. */
    void note(boolean leaderKnown) {
        if (known && !leaderKnown) {
            lostNanos = clock.nanoTime();
        }
        known = leaderKnown;
        everKnown |= leaderKnown;
    }

    /** Why there is no sense in waiting for a leader; null if there is. */
    @Nullable
    String refusal() {
        if (policy == NoLeader.WAIT || known || !everKnown) {
            return null;
        }
        long absentNanos = clock.nanoTime() - lostNanos;
        return absentNanos < limitNanos
                ? null
                : "no leader has been known for " + absentNanos / 1_000_000
                        + " ms, so it was not waited for; are enough members up?";
    }
}
