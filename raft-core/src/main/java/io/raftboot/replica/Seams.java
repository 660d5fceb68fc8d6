package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.read.LeaderLease;

/**
 * Where a test puts a mistake into a member that is wired as the product is, to see that the mistake is found. Each method makes
 * what the product has in that place.
 */
interface Seams {
    /** Nothing is changed. */
    Seams NONE = new Seams() {};

    /** How the core is set up, after all else has been decided. */
    default RaftConfig core(RaftConfig config) {
        return config;
    }

    /** Where a leader keeps how long it may answer reads alone. */
    default LeaderLease lease(Self self) {
        return new LeaderLease(self.electionTimeout(), self.tickInterval());
    }
}
