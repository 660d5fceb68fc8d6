package io.raftboot.raft.quorum;

/**
 * Two majorities, possibly overlapping, that both have to agree (section 4.3 of the Raft dissertation). Outside of a
 * change of the configuration the second one is empty.
 *
 * @param incoming the voters that stay when the change is over
 * @param outgoing the voters before the change; empty if none is going on
 */
public record JointConfig(MajorityConfig incoming, MajorityConfig outgoing) {
    /** The configuration without voters. */
    public static final JointConfig EMPTY = new JointConfig(MajorityConfig.EMPTY, MajorityConfig.EMPTY);

    /** Whether a change is going on, so that two majorities decide. */
    public boolean isJoint() {
        return !outgoing.ids().isEmpty();
    }

    /** The voters of both halves. */
    public IdSet ids() {
        return incoming.ids().union(outgoing.ids());
    }

    /** Whether the id is a voter in one of the halves. */
    public boolean contains(long id) {
        return incoming.ids().contains(id) || outgoing.ids().contains(id);
    }

    /** The highest index, unsigned, that is committed in both halves. Allocates nothing for up to seven voters each. */
    public long committedIndex(AckedIndexer acked) {
        long first = incoming.committedIndex(acked);
        long second = outgoing.committedIndex(acked);
        return Long.compareUnsigned(first, second) < 0 ? first : second;
    }

    /** Where an election stands that has to be won in both halves: lost in one is lost. */
    public VoteResult voteResult(Votes votes) {
        VoteResult first = incoming.voteResult(votes);
        VoteResult second = outgoing.voteResult(votes);
        if (first == second) {
            return first;
        }
        return first == VoteResult.LOST || second == VoteResult.LOST ? VoteResult.LOST : VoteResult.PENDING;
    }

    /** The picture of all voters' acknowledged indexes, without regard to the halves. */
    public String describe(AckedIndexer acked) {
        return new MajorityConfig(ids()).describe(acked);
    }

    /** The voters in hexadecimal: {@code (1 2 3)} or {@code (1 2)&&(1 3)}. */
    @Override
    public String toString() {
        return isJoint() ? incoming + "&&" + outgoing : incoming.toString();
    }
}
