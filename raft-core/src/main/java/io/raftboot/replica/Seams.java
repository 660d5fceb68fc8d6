package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.read.LeaderLease;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a test puts a mistake into a member that is wired as the product is, to see that the mistake is found, or a time that is
 * shorter than the product lets anybody choose. Each method makes what the product has in that place.
 */
interface Seams {
    /** Nothing is changed. */
    Seams NONE = new Seams() {};

    /** How the core is set up, after all else has been decided. */
    default RaftConfig core(RaftConfig config) {
        return config;
    }

    /** Time without a word after which a leader takes a member for dead; null for never. */
    default @Nullable Duration deadAfter(MembershipPolicy policy) {
        return policy.removeDeadAfter();
    }

    /** Where a leader keeps how long it may answer reads alone. */
    default LeaderLease lease(Self self) {
        return new LeaderLease(self.electionTimeout(), self.tickInterval());
    }
}
