package io.raftboot.replica.change;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.Voters;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Says in words why a configuration could not decide anything. */
final class Majorities {
    private Majorities() {}

    /** Null if it could. */
    static @Nullable String objection(ConfState state, LongPredicate there) {
        var halves = Voters.of(state).halves();
        if (halves.isEmpty()) {
            return "no voter would be left";
        }
        for (List<Long> half : halves) {
            int present = Voters.count(half, there);
            if (present < Voters.majorityOf(half)) {
                return "of the voters " + half.stream().sorted().toList() + " only " + present
                        + " would be there and keep up, and " + Voters.majorityOf(half) + " are needed";
            }
        }
        return null;
    }
}
