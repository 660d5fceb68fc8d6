package io.raftboot.api;

/** How fresh a read has to be. */
public enum Consistency {
    /** At least as new as every write acknowledged before the read began (dissertation section 6.4: ReadIndex). */
    LINEARIZABLE,
    /**
     * As {@link #LINEARIZABLE} as long as no clock runs faster than another by a tenth or stands still: the leader asks nobody
     * while it has a lease (dissertation section 6.4.1). Another member, or a leader without a lease, answers as with
     * {@code LINEARIZABLE}; so do all, unless {@code ReplicaConfig.leaseReads} is set on every member.
     */
    LEASE,
    /** What the asked member has applied, however old, or no older than {@link ReadOptions#maxStaleness()}. */
    LOCAL
}
