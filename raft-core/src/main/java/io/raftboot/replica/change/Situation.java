package io.raftboot.replica.change;

import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.machine.Members;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The members as a change is planned for them.
 *
 * @param configuration in force
 * @param members what they have said of themselves
 * @param healthy who is heard of and keeps up
 * @param noNewcomers why nobody can be brought to the state of the members; null if somebody can
 */
record Situation(ConfState configuration, Members members, LongPredicate healthy, @Nullable String noNewcomers) {
    boolean isVoter(long id) {
        return configuration.getVotersList().contains(id);
    }

    boolean isLearner(long id) {
        return configuration.getLearnersList().contains(id);
    }

    boolean isMember(long id) {
        return ids().contains(id);
    }

    /** All members, of both halves. */
    Set<Long> ids() {
        return ConfChanges.members(configuration);
    }

    /** Where a member says that it is; empty if it has not. */
    String address(long id) {
        var known = members.get(id);
        return known == null || known.getRemoved() ? "" : known.getAddress();
    }
}
