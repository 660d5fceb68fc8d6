package io.raftboot.replica.leader;

import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.RemovalNews;
import io.raftboot.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * How this member stands to its leader, or as the leader to the others: whether a majority is heard of, whether what it appends is
 * committed, whether it keeps up, and whether its calls get through. Owned by the raft stage, but for what says any thread.
 */
public final class Standing implements Duty {
    private final Leadership leadership;
    private final GroupLog log;
    private final MajorityContact majority;
    private final CommitWatch commits;
    private final LeaderContact contact;
    private final LeaderWays ways;

    public Standing(
            Links links,
            Transport transport,
            Leadership leadership,
            LeaderWays.Rounds rounds,
            GroupLog groupLog,
            RemovalNews removal) {
        var self = links.self();
        long timeoutNanos = self.electionTimeoutNanos();
        this.leadership = leadership;
        this.log = groupLog;
        this.majority = new MajorityContact(
                self.nodeId(), self.clock(), timeoutNanos, () -> links.inForce().voters());
        this.commits = new CommitWatch(self.clock(), timeoutNanos);
        this.contact = new LeaderContact(
                links,
                transport,
                leadership,
                term -> majority.isMajorityBehind(term) && !commits.standsStill(),
                groupLog,
                removal);
        this.ways = new LeaderWays(links, transport, leadership, rounds, contact::leaderServes);
        leadership.office().believeWhile(majority::isMajorityBehind);
    }

    /** Who is heard of while this member leads. Any thread. */
    public MajorityContact majority() {
        return majority;
    }

    /** How far this member and the others are; any thread, but only what says so. */
    public LeaderContact contact() {
        return contact;
    }

    /** Told what becomes of requests to the leader. */
    public LeaderWays ways() {
        return ways;
    }

    /** Why this member can't serve as it stands to its leader, or as the leader, in a sentence; null if it can. Any thread. */
    public @Nullable String trouble() {
        var standstill = commits.trouble();
        if (standstill != null) {
            return standstill;
        }
        var behind = contact.trouble();
        return behind == null ? ways.trouble() : behind;
    }

    @Override
    public void leaderChanged() {
        contact.leaderChanged();
        ways.leaderChanged();
    }

    @Override
    public void tick(long nowNanos) {
        commits.tick(leadership.leads(), log.lastIndex(), log.commitIndex());
        contact.tick();
        ways.tick();
    }
}
