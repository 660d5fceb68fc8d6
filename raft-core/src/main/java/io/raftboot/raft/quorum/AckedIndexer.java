package io.raftboot.raft.quorum;

/** Knows up to which index each voter has acknowledged. Called on the hot path: an implementation allocates nothing. */
@FunctionalInterface
public interface AckedIndexer {
    /** What a voter that has not reported at all has acknowledged; counts as index 0. No real index has this value. */
    long UNKNOWN = -1L;

    /** The highest index, unsigned, that the voter has acknowledged, or {@link #UNKNOWN}. */
    long ackedIndex(long id);
}
