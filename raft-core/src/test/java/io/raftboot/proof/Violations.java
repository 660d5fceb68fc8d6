package io.raftboot.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes what invariants find, and throws the first of it where that does not fall to a member. */
final class Violations {
    private @Nullable Finding first;
    private long count;

    /** What an invariant has found, before it is known at which step and time. */
    private record Finding(String invariant, List<Long> members, String what) {}

    void found(Object invariant, List<Long> members, String what) {
        count++;
        if (first == null) {
            first = new Finding(invariant.getClass().getSimpleName(), members, what);
        }
    }

    /** How much has been found, of which only the first counts. */
    long count() {
        return count;
    }

    void throwFirst(long step, long nowNanos) {
        var finding = first;
        if (finding != null) {
            throw new Violation(finding.invariant, step, nowNanos, finding.members, finding.what);
        }
    }
}
