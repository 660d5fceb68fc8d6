package io.raftboot.replica.change;

import io.raftboot.raft.proto.ConfState;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether the voters of a configuration that are there are enough, in each of its halves. */
final class Majorities {
    private Majorities() {}

    /** Ids of the voters of each half: one but while the configuration is joint. */
    static List<List<Long>> halves(ConfState state) {
        return Stream.of(state.getVotersList(), state.getVotersOutgoingList())
                .filter(half -> !half.isEmpty())
                .toList();
    }

    /** How many voters may fail beside those that are not there; negative if a majority is missing. */
    static int failureTolerance(ConfState state, LongPredicate there) {
        return halves(state).stream()
                .mapToInt(half -> count(half, there) - (half.size() / 2 + 1))
                .min()
                .orElse(-1);
    }

    /** Why a configuration could not decide anything, in words; null if it could. */
    static @Nullable String objection(ConfState state, LongPredicate there) {
        var halves = halves(state);
        if (halves.isEmpty()) {
            return "no voter would be left";
        }
        for (List<Long> half : halves) {
            int present = count(half, there);
            if (present < half.size() / 2 + 1) {
                return "of the voters " + half.stream().sorted().toList() + " only " + present
                        + " would be there and keep up, and " + (half.size() / 2 + 1) + " are needed";
            }
        }
        return null;
    }

    private static int count(List<Long> half, LongPredicate there) {
        return (int) half.stream().filter(there::test).count();
    }
}
