package io.raftboot.proof;

import java.util.ArrayList;
import java.util.List;

/** Something that always holds, and looks only at what changes. */
abstract class Invariant implements Observer {
    private final Violations violations;

    Invariant(Violations violations) {
        this.violations = violations;
    }

    /** Notes that it does not hold. */
    final void broken(String what, long... members) {
        List<Long> ids = new ArrayList<>();
        for (long member : members) {
            ids.add(member);
        }
        violations.found(this, ids, what);
    }

    final void check(boolean holds, long member, String what) {
        if (!holds) {
            broken(what, member);
        }
    }
}
