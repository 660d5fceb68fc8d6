package io.raftboot.replica.snapshot;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.machine.AppliedPosition;
import java.util.TreeSet;

/**
 * The places at which a member's snapshots are due, in three measures that all members have in common: the index, the
 * bytes applied since the log began, the agreed time. In each the places lie an interval apart, those of the n members
 * an n-th of it from each other. So the members of a group never all write their snapshots at once, whatever each of
 * them has been through, and without a word between them.
 */
public final class SnapshotCadence {
    private final SnapshotPolicy policy;
    private final long nodeId;

    /** Set by the apply stage; the ticker, which only wakes that stage, may see one of them a moment before the other. */
    private volatile int rank;

    private volatile int count = 1;

    SnapshotCadence(SnapshotPolicy policy, long nodeId) {
        this.policy = policy;
        this.nodeId = nodeId;
    }

    /** The members among which this one finds its place. */
    void members(ConfState configuration) {
        var ids = new TreeSet<>(configuration.getVotersList());
        ids.addAll(configuration.getVotersOutgoingList());
        ids.addAll(configuration.getLearnersList());
        ids.add(nodeId);
        rank = ids.headSet(nodeId).size();
        count = ids.size();
    }

    /** Whether a snapshot fell due after the one position and up to the other. */
    boolean due(AppliedPosition last, AppliedPosition now) {
        return reached(last.index(), now.index(), policy.intervalEntries())
                || reached(last.bytes(), now.bytes(), policy.intervalBytes())
                || dueByTime(last, now);
    }

    boolean dueByTime(AppliedPosition last, AppliedPosition now) {
        return reached(last.timeMillis(), now.timeMillis(), policy.interval().toMillis());
    }

    private boolean reached(long last, long now, long interval) {
        if (interval <= 0 || now <= last) {
            return false;
        }
        long offset = interval / count * rank + interval % count * rank / count;
        return Math.floorDiv(now - offset, interval) > Math.floorDiv(last - offset, interval);
    }
}
