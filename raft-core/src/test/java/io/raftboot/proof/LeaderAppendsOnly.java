package io.raftboot.proof;

import java.util.HashMap;
import java.util.Map;

/** S2: a leader never cuts or replaces what is in its log. */
final class LeaderAppendsOnly extends Invariant {
    private final Map<Long, CoreState> states = new HashMap<>();

    LeaderAppendsOnly(Violations violations) {
        super(violations);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        states.put(member, now);
        if (before.leads() && now.leads() && before.term() == now.term()) {
            check(
                    now.lastIndex() >= before.lastIndex(),
                    member,
                    "as leader of term " + now.term() + " its log ended at " + before.lastIndex() + " and ends at "
                            + now.lastIndex());
            check(
                    log.term(before.lastIndex()) == LogView.UNKNOWN || log.term(before.lastIndex()) <= now.term(),
                    member,
                    "entry " + before.lastIndex() + " is of term " + log.term(before.lastIndex())
                            + " in the log of the leader of term " + now.term());
        }
    }

    @Override
    public void crashed(long member, End end) {
        states.remove(member);
    }

    /** What is forced may be what was decided before the member was elected, and never more than that. */
    @Override
    public void logCut(long member, long index, long endedAt, long endedTerm) {
        var state = states.get(member);
        if (state != null && state.leads()) {
            check(
                    index >= state.commit(),
                    member,
                    "a leader cut its log behind " + index + ", of which it had committed " + state.commit());
        }
    }
}
