package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The check of a history: key by key, each with a search of its own. */
public final class Linearizability {
    /** Enough for some thousand operations on a key; at most some hundred megabytes are used for them. */
    public static final long DEFAULT_STEPS_PER_KEY = 300_000;

    private final long maxStepsPerKey;

    private Linearizability(long maxStepsPerKey) {
        this.maxStepsPerKey = maxStepsPerKey;
    }

    /** Checks with {@link #DEFAULT_STEPS_PER_KEY}. */
    public static Findings check(List<Operation> operations) {
        return check(operations, DEFAULT_STEPS_PER_KEY);
    }

    /**
     * Checks a history in which each key is empty at first.
     *
     * @param maxStepsPerKey after which a key is undecided
     */
    public static Findings check(List<Operation> operations, long maxStepsPerKey) {
        return new Linearizability(maxStepsPerKey).findings(operations);
    }

    private Findings findings(List<Operation> operations) {
        var byKey = new TreeMap<String, List<Operation>>();
        operations.forEach(operation ->
                byKey.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation));
        var violations = new ArrayList<Findings.Violation>();
        var undecided = new ArrayList<String>();
        long steps = 0;
        for (Map.Entry<String, List<Operation>> entry : byKey.entrySet()) {
            var search = new KeySearch(new KeySteps(entry.getValue()), maxStepsPerKey);
            switch (search.run()) {
                case ORDER_FOUND -> {}
                case NO_ORDER ->
                    violations.add(new Findings.Violation(
                            entry.getKey(), new Explanation(entry.getValue(), maxStepsPerKey).lines()));
                case OUT_OF_STEPS -> undecided.add(entry.getKey());
            }
            steps += search.stepsTaken();
        }
        int unknown = (int) operations.stream()
                .filter(operation -> operation.ending() instanceof Operation.Unknown)
                .count();
        return new Findings(operations.size(), byKey.size(), unknown, steps, violations, undecided);
    }
}
