package io.raftboot.raft.quorum;

import java.util.Arrays;
import java.util.Locale;

/**
 * A set of voters of which more than half decide. The empty one agrees to everything, so that a joint configuration
 * with an empty half behaves like the other half.
 *
 * @param ids the voters
 */
public record MajorityConfig(IdSet ids) {
    /** The configuration without voters. */
    public static final MajorityConfig EMPTY = new MajorityConfig(IdSet.EMPTY);

    /** The committed index of a configuration without voters: the largest unsigned number. */
    public static final long EVERYTHING_COMMITTED = -1L;

    /** Number of voters up to which the committed index is found by comparing all with all, which needs no memory. */
    private static final int QUADRATIC_LIMIT = 7;

    /** The configuration of these voters. */
    public static MajorityConfig of(long... ids) {
        return new MajorityConfig(IdSet.of(ids));
    }

    /** How many voters are a quorum; 1 for the empty configuration, which nevertheless agrees to everything. */
    public int quorum() {
        return ids.size() / 2 + 1;
    }

    /**
     * The highest index, unsigned, that a quorum has acknowledged; {@link #EVERYTHING_COMMITTED} without voters.
     * Allocates nothing for up to seven voters. After etcd's {@code MajorityConfig.CommittedIndex}.
     */
    public long committedIndex(AckedIndexer acked) {
        if (ids.isEmpty()) {
            return EVERYTHING_COMMITTED;
        }
        return ids.size() <= QUADRATIC_LIMIT ? committedOfFew(acked) : committedOfMany(acked);
    }

    /** The highest of the acknowledged indexes that a quorum has reached or passed. */
    private long committedOfFew(AckedIndexer acked) {
        long committed = 0;
        for (int i = 0; i < ids.size(); i++) {
            long candidate = indexOf(acked, ids.get(i));
            if (Long.compareUnsigned(candidate, committed) > 0 && reachedBy(acked, candidate) >= quorum()) {
                committed = candidate;
            }
        }
        return committed;
    }

    private int reachedBy(AckedIndexer acked, long index) {
        int count = 0;
        for (int i = 0; i < ids.size(); i++) {
            if (Long.compareUnsigned(indexOf(acked, ids.get(i)), index) >= 0) {
                count++;
            }
        }
        return count;
    }

    private long committedOfMany(AckedIndexer acked) {
        long[] sorted = new long[ids.size()];
        for (int i = 0; i < sorted.length; i++) {
            // With the sign bit flipped the signed order of the sort is the unsigned one.
            sorted[i] = indexOf(acked, ids.get(i)) ^ Long.MIN_VALUE;
        }
        Arrays.sort(sorted);
        return sorted[sorted.length - quorum()] ^ Long.MIN_VALUE;
    }

    private static long indexOf(AckedIndexer acked, long id) {
        long index = acked.ackedIndex(id);
        return index == AckedIndexer.UNKNOWN ? 0 : index;
    }

    /** Where an election among these voters stands; without voters it is won. */
    public VoteResult voteResult(Votes votes) {
        if (ids.isEmpty()) {
            return VoteResult.WON;
        }
        int granted = 0;
        int missing = 0;
        for (int i = 0; i < ids.size(); i++) {
            switch (votes.voteOf(ids.get(i))) {
                case GRANTED -> granted++;
                case MISSING -> missing++;
                case REJECTED -> {}
            }
        }
        if (granted >= quorum()) {
            return VoteResult.WON;
        }
        return granted + missing >= quorum() ? VoteResult.PENDING : VoteResult.LOST;
    }

    /**
     * A picture of the acknowledged indexes, one line a voter: the longer the bar, the more voters are behind it. After
     * etcd's {@code MajorityConfig.Describe}.
     */
    public String describe(AckedIndexer acked) {
        if (ids.isEmpty()) {
            return "<empty majority quorum>";
        }
        StringBuilder picture = new StringBuilder();
        picture.append(" ".repeat(ids.size())).append("    idx\n");
        for (int i = 0; i < ids.size(); i++) {
            describe(ids.get(i), acked, picture);
        }
        return picture.toString();
    }

    private void describe(long id, AckedIndexer acked, StringBuilder picture) {
        long index = acked.ackedIndex(id);
        if (index == AckedIndexer.UNKNOWN) {
            picture.append('?').append(" ".repeat(ids.size()));
        } else {
            int bar = barLength(index, acked);
            picture.append("x".repeat(bar)).append('>').append(" ".repeat(ids.size() - bar));
        }
        String shown = Long.toUnsignedString(index == AckedIndexer.UNKNOWN ? 0 : index);
        picture.append(String.format(Locale.ROOT, " %5s    (id=%x)\n", shown, id));
    }

    /** How many voters are behind, those that have not reported included. */
    private int barLength(long index, AckedIndexer acked) {
        int behind = 0;
        for (int i = 0; i < ids.size(); i++) {
            if (Long.compareUnsigned(indexOf(acked, ids.get(i)), index) < 0) {
                behind++;
            }
        }
        return behind;
    }

    /** The voters in hexadecimal: {@code (1 2 a)}. */
    @Override
    public String toString() {
        return ids.toString();
    }
}
