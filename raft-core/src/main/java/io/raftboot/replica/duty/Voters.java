package io.raftboot.replica.duty;

import io.raftboot.raft.proto.ConfState;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The voters of a configuration, and what can be said of all of them or of most. Where nobody is known to vote nothing is:
 * a member that does not know its group yet must not take the silence of nobody for the consent of all.
 *
 * @param incoming of the configuration, or of its newer half while it is joint
 * @param outgoing of the half that is being left; empty unless it is joint
 */
public record Voters(List<Long> incoming, List<Long> outgoing) {
    public static Voters of(ConfState configuration) {
        return new Voters(configuration.getVotersList(), configuration.getVotersOutgoingList());
    }

    public boolean contains(long id) {
        return incoming.contains(id) || outgoing.contains(id);
    }

    /** Whether it holds for each voter of either half; false if none is known. */
    public boolean all(LongPredicate predicate) {
        return !incoming.isEmpty() && ids().allMatch(predicate::test);
    }

    /** Those of each half: one but while the configuration is joint; none if nobody is known. */
    public List<List<Long>> halves() {
        return Stream.of(incoming, outgoing).filter(half -> !half.isEmpty()).toList();
    }

    /** Whether it holds for a majority of either half; false if none is known. */
    public boolean majority(LongPredicate predicate) {
        return spare(predicate) >= 0;
    }

    /** How many it may cease to hold for, and would hold for a majority of either half still; negative if it holds for none. */
    public int spare(LongPredicate predicate) {
        if (incoming.isEmpty()) {
            return -1;
        }
        int least = count(incoming, predicate) - majorityOf(incoming);
        return outgoing.isEmpty() ? least : Math.min(least, count(outgoing, predicate) - majorityOf(outgoing));
    }

    /** How many of a half it holds for. */
    public static int count(List<Long> half, LongPredicate predicate) {
        return (int) half.stream().filter(predicate::test).count();
    }

    /** How many of a half are a majority of it. */
    public static int majorityOf(List<Long> half) {
        return half.size() / 2 + 1;
    }

    /** Whether this member decides alone. */
    public boolean areOnly(long id) {
        return all(voter -> voter == id);
    }

    /** Whether there is a voter beside this member. */
    public boolean includeOthersThan(long id) {
        return ids().anyMatch(voter -> voter != id);
    }

    private Stream<Long> ids() {
        return Stream.concat(incoming.stream(), outgoing.stream());
    }
}
