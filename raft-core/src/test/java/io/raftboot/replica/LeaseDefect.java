package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.read.ForgetfulLease;
import io.raftboot.replica.read.LeaderLease;

/** What leases rest on and must not be left out, and is, to see that it is missed. */
enum LeaseDefect implements Seams {
    NONE,
    TRANSFER_FORGOTTEN {
        @Override
        public LeaderLease lease(Self self) {
            return new ForgetfulLease(self.electionTimeout(), self.tickInterval());
        }
    },
    PROMISE_FORGOTTEN_BY_RESTART {
        @Override
        public RaftConfig core(RaftConfig config) {
            return config.toBuilder().boundAtStart(false).build();
        }
    },
    NO_PROMISE {
        @Override
        public RaftConfig core(RaftConfig config) {
            return config.toBuilder().leaderLeases(false).build();
        }
    },
    LEASE_TOO_LONG {
        @Override
        public LeaderLease lease(Self self) {
            return new LeaderLease(self.electionTimeout().multipliedBy(2), self.tickInterval());
        }
    },
    /** Of the host, and not of the member: see {@code Pace.bunched}. */
    TICKS_IN_A_BUNCH
}
