package io.raftboot.proof;

import java.util.HashSet;
import java.util.Set;

/** L1: when faults have ended there is a leader in time. */
final class LeaderInTime extends Invariant {
    private final Set<Long> leaders = new HashSet<>();
    private long deadlineNanos = Long.MAX_VALUE;
    private boolean met;

    LeaderInTime(Violations violations) {
        super(violations);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        // One that has committed something of its term: an old leader that nobody hears does not count.
        if (!now.leads() || now.term() != before.term()) {
            leaders.remove(member);
        }
        if (now.leads() && log.term(now.commit()) == now.term()) {
            leaders.add(member);
        }
    }

    @Override
    public void crashed(long member, End end) {
        leaders.remove(member);
    }

    @Override
    public void healed(long nowNanos, long leaderWithinNanos) {
        deadlineNanos = nowNanos + leaderWithinNanos;
        met = !leaders.isEmpty();
    }

    @Override
    public void afterEvent(long nowNanos) {
        if (!met && deadlineNanos != Long.MAX_VALUE) {
            met = !leaders.isEmpty();
            check(
                    met || nowNanos <= deadlineNanos,
                    0,
                    "no leader since faults ended, and it should be there by " + deadlineNanos);
        }
    }

    @Override
    public void ended() {
        check(deadlineNanos == Long.MAX_VALUE || met, 0, "no leader since faults ended");
    }
}
