package io.raftboot.replica.duty;

import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfState;
import java.util.Set;

/**
 * The configuration in force in the core, whether it came with the start, an entry or a snapshot. Published by the raft stage
 * before anything is done that follows from it; read by any thread, a moment old. All that counts voters looks here.
 */
public final class InForce implements ConfigurationInForce, VotersInForce {
    private volatile AppliedConfiguration now;

    public InForce(AppliedConfiguration now) {
        this.now = now;
    }

    public AppliedConfiguration now() {
        return now;
    }

    @Override
    public ConfState state() {
        return now.state();
    }

    @Override
    public Voters voters() {
        return Voters.of(now.state());
    }

    /** All members, of both halves. */
    public Set<Long> members() {
        return ConfChanges.members(now.state());
    }

    /** Whether it is a member, of either half. */
    public boolean isMember(long id) {
        return members().contains(id);
    }

    /**
     * On the raft stage: takes over what the core says.
     *
     * @return whether it is another one
     */
    public boolean update(AppliedConfiguration configuration) {
        if (configuration.equals(now)) {
            return false;
        }
        now = configuration;
        return true;
    }
}
