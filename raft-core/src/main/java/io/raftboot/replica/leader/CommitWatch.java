package io.raftboot.replica.leader;

import io.raftboot.agent.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Whether what this member has in its log as the leader gets committed. A majority that answers heartbeats may be one that can't
 * write, or to which nothing but small messages come through: then the leader is one to nobody who wants to write. Owned by
 * the raft stage, but for what says any thread.
 */
public final class CommitWatch {
    private final Clock clock;
    private final long electionTimeoutNanos;
    private long seenCommit;
    private long sinceNanos;
    private long tickedNanos;
    private volatile @Nullable Standstill standstill;

    private record Standstill(long sinceNanos, long commitIndex, long lastIndex) {}

    public CommitWatch(Clock clock, long electionTimeoutNanos) {
        this.clock = clock;
        this.electionTimeoutNanos = electionTimeoutNanos;
        this.sinceNanos = clock.nanoTime();
        this.tickedNanos = sinceNanos;
    }

    /**
     * Looks whether the commit index has moved since the last time.
     *
     * @param lastIndex of what is durable here
     */
    public void tick(boolean leads, long lastIndex, long commitIndex) {
        long now = clock.nanoTime();
        // After a pause of this process it is not the others that were silent.
        boolean paused = now - tickedNanos > electionTimeoutNanos;
        tickedNanos = now;
        if (!leads || lastIndex <= commitIndex || commitIndex != seenCommit || paused) {
            seenCommit = commitIndex;
            sinceNanos = now;
            standstill = null;
        } else if (now - sinceNanos > LeaderContact.PATIENCE_ELECTION_TIMEOUTS * electionTimeoutNanos) {
            standstill = new Standstill(sinceNanos, commitIndex, lastIndex);
        }
    }

    /** Any thread: whether entries have waited in vain for longer than a leader that serves lets them. */
    public boolean standsStill() {
        return standstill != null;
    }

    /** Any thread: that nothing is committed, in a sentence; null if it is, or nothing waits. */
    @Nullable
    public String trouble() {
        var present = standstill;
        return present == null
                ? null
                : "this member leads, but has committed nothing for "
                        + (clock.nanoTime() - present.sinceNanos()) / 1_000_000
                        + " ms, though its log goes up to " + present.lastIndex() + " and only "
                        + present.commitIndex()
                        + " is committed: no majority writes what it is sent. Look at the disks and the connections of the"
                        + " others";
    }
}
