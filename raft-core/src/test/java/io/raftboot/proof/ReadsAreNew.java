package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOutcome;
import java.util.HashMap;
import java.util.Map;

/**
 * S11: a linearizable read, with a lease or without, is as new as all that was applied anywhere, and so all that was acknowledged,
 * and all that was seen by a read that had its answer, before it was asked.
 */
final class ReadsAreNew extends Invariant {
    private final Map<Long, Long> floors = new HashMap<>();
    private long newest;

    ReadsAreNew(Violations violations) {
        super(violations);
    }

    @Override
    public void advanced(long member, long fromIndex, long toIndex, long toTerm) {
        newest = Math.max(newest, toIndex);
    }

    @Override
    public void readAsked(long call, long member, Consistency consistency) {
        if (consistency != Consistency.LOCAL) {
            floors.put(call, newest);
        }
    }

    @Override
    public void readEnded(long call, long member, Consistency consistency, ReadOutcome outcome) {
        var floor = floors.remove(call);
        if (floor == null || !(outcome instanceof ReadOutcome.Answered answer)) {
            return;
        }
        newest = Math.max(newest, answer.index());
        check(
                answer.index() >= floor,
                member,
                "a read of consistency " + consistency + " was answered at index " + answer.index() + ", and " + floor
                        + " had been applied before it was asked");
    }
}
