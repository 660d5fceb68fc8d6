package io.raftboot.replica;

import java.util.Set;
import java.util.TreeSet;

/**
 * Which of their calls the clients of a world make, in the order in which they would make all: some parts of them may be left out, so
 * that a run that went wrong can be had again with less in it.
 *
 * @param perPart calls of a part; what comes behind the last part belongs to it
 * @param silent numbers of the parts that are left out
 */
record Calls(long perPart, Set<Integer> silent) {
    /** How many parts there are. */
    static final int PARTS = 32;

    /** All of them. */
    static final Calls ALL = new Calls(Long.MAX_VALUE, Set.of());

    Calls {
        silent = Set.copyOf(silent);
    }

    /** All of so many, in parts. */
    static Calls of(long count) {
        return new Calls(Math.max(1, count / PARTS), Set.of());
    }

    Calls without(Set<Integer> parts) {
        var all = new TreeSet<>(silent);
        all.addAll(parts);
        return new Calls(perPart, all);
    }

    /** Whether the call of this number, of 0 and up, is made. */
    boolean isMade(long number) {
        return silent.isEmpty() || !silent.contains((int) Math.min(PARTS - 1, number / perPart));
    }
}
