package io.raftboot.raft.quorum;

/** Knows how each voter has voted. */
@FunctionalInterface
public interface Votes {
    /** The vote of the voter, {@link Vote#MISSING} if it has not answered. */
    Vote voteOf(long id);
}
