package io.raftboot.proof;

import java.util.List;

/** An invariant does not hold. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String invariant;

    Violation(String invariant, long step, long nowNanos, List<Long> members, String what) {
        super(invariant + " is broken at step " + step + ", " + nowNanos + " ns, by members " + members + ": " + what);
        this.invariant = invariant;
    }

    /** Name of its class. */
    public String invariant() {
        return invariant;
    }
}
