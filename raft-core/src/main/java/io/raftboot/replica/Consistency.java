package io.raftboot.replica;

/** How fresh a read has to be. */
public enum Consistency {
    /** At least as new as every write acknowledged before the read began (dissertation section 6.4: ReadIndex). */
    LINEARIZABLE,
    /** As {@link #LINEARIZABLE} while clocks run alike: the leader answers within the lease its last round of heartbeats gave. */
    LEASE,
    /** What the asked member has applied, however old. */
    LOCAL
}
