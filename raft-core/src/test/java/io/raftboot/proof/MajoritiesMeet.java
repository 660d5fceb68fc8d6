package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Part of S10: what decides in one configuration has a member in common with what decides in the next, so that no two sets of voters
 * that know nothing of each other decide at once.
 */
final class MajoritiesMeet extends Invariant {
    /** All configurations that were in force somewhere, by the index of what brought them. */
    private final TreeMap<Long, ConfState> configurations = new TreeMap<>();

    MajoritiesMeet(Violations violations) {
        super(violations);
    }

    @Override
    public void configured(long member, long index, ConfState state) {
        if (index == 0 || state.getVotersCount() == 0 || configurations.put(index, state) != null) {
            return;
        }
        check(configurations.lowerEntry(index), member, index, state, true);
        check(configurations.higherEntry(index), member, index, state, false);
    }

    private void check(
            Map.@Nullable Entry<Long, ConfState> other, long member, long index, ConfState state, boolean earlier) {
        check(
                other == null || haveToMeet(other.getValue(), state),
                member,
                "majorities of " + state + " at " + index + " need not meet those of " + other
                        + (earlier ? ", which was before" : ", which came next"));
    }

    /** A decision takes a majority of each half, so that two halves whose majorities meet are enough. */
    private static boolean haveToMeet(ConfState one, ConfState other) {
        return halves(one).anyMatch(half -> halves(other).anyMatch(next -> {
            var all = new HashSet<>(half);
            all.addAll(next);
            return half.size() / 2 + 1 + next.size() / 2 + 1 > all.size();
        }));
    }

    private static Stream<List<Long>> halves(ConfState state) {
        return Stream.of(state.getVotersList(), state.getVotersOutgoingList()).filter(half -> !half.isEmpty());
    }
}
