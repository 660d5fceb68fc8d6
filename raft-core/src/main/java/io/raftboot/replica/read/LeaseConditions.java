package io.raftboot.replica.read;

import io.raftboot.replica.duty.ConfigurationInForce;
import io.raftboot.replica.duty.Voters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether leases may be relied on at all: this member is told to, and every voter, of both halves of a joint configuration,
 * keeps the promise they rest on ({@code RaftConfig.leaderLeases}, and no fail-over hint), in the very run that this member is
 * connected with. One voter that does not is enough to elect another leader too early. Owned by the raft stage.
 */
public final class LeaseConditions {
    private static final Logger log = LoggerFactory.getLogger(LeaseConditions.class);

    private final long nodeId;
    private final Setting setting;
    private final ConfigurationInForce configuration;
    private final Promises promises;
    private boolean explained;

    /** What the other members promise. On the raft stage. */
    @FunctionalInterface
    public interface Promises {
        /** Whether the member lets leaders count on their lease. */
        boolean keepsLeases(long id);
    }

    /** What this member is told. */
    public enum Setting {
        ON,
        OFF,
        /** They are wanted, but followers that elect another leader at once can't give any. */
        NO_CHECK_QUORUM;

        public static Setting of(boolean leaseReads, boolean checkQuorum) {
            return !leaseReads ? OFF : checkQuorum ? ON : NO_CHECK_QUORUM;
        }
    }

    /** @param promises of the other members */
    public LeaseConditions(long nodeId, Setting setting, ConfigurationInForce configuration, Promises promises) {
        this.nodeId = nodeId;
        this.setting = setting;
        this.configuration = configuration;
        this.promises = promises;
    }

    public boolean hold() {
        return setting == Setting.ON
                && Voters.of(configuration.state()).all(id -> id == nodeId || promises.keepsLeases(id));
    }

    /** Says once why a read that would be content with a lease gets the stronger answer, if that is a matter of settings. */
    void explainOnce() {
        if (explained || setting == Setting.ON) {
            return;
        }
        explained = true;
        switch (setting) {
            case OFF ->
                log.info(
                        "reads of consistency LEASE are answered as LINEARIZABLE; set raft.read.lease=true on all members"
                                + " to have the leader answer them alone");
            case NO_CHECK_QUORUM ->
                log.warn("reads of consistency LEASE are answered as LINEARIZABLE, because a leader's lease rests on"
                        + " check-quorum; set raft.check-quorum=true on all members");
            case ON -> {}
        }
    }
}
