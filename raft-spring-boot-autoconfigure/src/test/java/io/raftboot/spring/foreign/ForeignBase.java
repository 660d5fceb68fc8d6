package io.raftboot.spring.foreign;

import io.raftboot.spring.LeaderOnly;
import io.raftboot.spring.RaftCommand;

/** Has methods that no class of another package can override. */
public abstract class ForeignBase {
    @RaftCommand
    int packagePrivate(int amount) {
        return amount;
    }

    /** The same for the leader. */
    public abstract static class Job {
        @LeaderOnly
        void run() {}
    }

    /** Reached from everywhere. */
    public abstract static class Reached {
        private int count;

        @RaftCommand
        protected int add(int amount) {
            count += amount;
            return count;
        }

        /** Calls as others of this package do. */
        public static int addTo(Reached machine, int amount) {
            return machine.add(amount);
        }
    }
}
