package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check has found.
 *
 * @param operations in all
 * @param keys in all
 * @param unknown operations whose ending their clients do not know
 * @param steps that the searches took
 * @param violations keys without an order that explains what was answered
 * @param undecided keys whose search ran out of steps, which proves nothing and is to be counted as a failure
 */
public record Findings(
        int operations, int keys, int unknown, long steps, List<Violation> violations, List<String> undecided) {

    /**
     * A key without an order.
     *
     * @param lines for a reader: what can't be explained, why, and the operations of the key up to there
     */
    public record Violation(String key, List<String> lines) {}

    public Findings {
        violations = List.copyOf(violations);
        undecided = List.copyOf(undecided);
    }

    /** Whether each key was decided, and has an order. */
    public boolean isLinearizable() {
        return violations.isEmpty() && undecided.isEmpty();
    }

    /** The first line has the figures; those after it say what was found. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(operations + " operations on " + keys + " keys, " + unknown + " unknown, " + steps + " steps, "
                + violations.size() + " violations, " + undecided.size() + " undecided");
        undecided.forEach(key -> lines.add("key " + key + ": undecided, the search ran out of steps"));
        violations.forEach(violation -> lines.addAll(violation.lines()));
        return lines;
    }

    @Override
    public String toString() {
        return String.join("\n", lines());
    }
}
