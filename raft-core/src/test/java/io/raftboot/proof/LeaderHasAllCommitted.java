package io.raftboot.proof;

import java.util.TreeMap;

/** S4: whoever becomes leader has in its log all that leaders of earlier terms had committed. */
final class LeaderHasAllCommitted extends Invariant {
    private record Committed(long index, long term, long by) {}

    /** Furthest commit of the leader of each term, as far as anybody has seen it. */
    private final TreeMap<Long, Committed> committed = new TreeMap<>();

    LeaderHasAllCommitted(Violations violations) {
        super(violations);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        if (!now.leads()) {
            return;
        }
        if (!before.leads() || before.term() != now.term()) {
            committed.headMap(now.term()).values().forEach(earlier -> look(member, now, earlier, log));
        }
        if (now.commit() > 0 && (before.commit() != now.commit() || !before.leads())) {
            long term = log.term(now.commit());
            // What it was told as a follower others had committed, and it may have been elected after that.
            if (term == now.term()) {
                committed.put(now.term(), new Committed(now.commit(), term, member));
            }
        }
    }

    private void look(long member, CoreState now, Committed earlier, LogView log) {
        long term = log.term(earlier.index);
        boolean compacted = term == LogView.UNKNOWN && earlier.index <= now.commit();
        if (term != earlier.term && !compacted) {
            broken(
                    "entry " + earlier.index + " of term " + earlier.term + " was committed, and the leader of term "
                            + now.term() + " has " + (term == LogView.UNKNOWN ? "none" : "one of term " + term),
                    earlier.by,
                    member);
        }
    }
}
