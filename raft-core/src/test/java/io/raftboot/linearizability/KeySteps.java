package io.raftboot.linearizability;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a key, ready for the search: those that did not happen are left out, and what was seen tells of others that
 * they took place, by when, and behind which value. All of it follows from the elements that one operation alone writes; of others
 * nothing is concluded.
 */
final class KeySteps {
    private final Values values = new Values();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Step> writers = new HashMap<>();
    private final boolean anyRefusedSet;
    private final boolean anyAppend;
    private final boolean anyUnclearSet;
    private final int[] lookers;
    private boolean contradiction;

    KeySteps(List<Operation> operations) {
        for (Operation operation : operations) {
            boolean happensNever = operation.ending() instanceof Operation.Failed
                    || (operation.ending() instanceof Operation.Unknown && operation.call() instanceof Call.Read);
            if (!happensNever) {
                steps.add(new Step(operation, values));
            }
        }
        findWriters();
        conclude();
        anyRefusedSet = steps.stream().anyMatch(Step::isRefusedSet);
        anyAppend = steps.stream().anyMatch(Step::isAppend);
        anyUnclearSet = steps.stream().anyMatch(Step::mayHaveSet);
        if (!anyRefusedSet && !anyUnclearSet) {
            // Nobody could tell whether these took place.
            steps.removeIf(Step::isBlind);
        }
        steps.sort(Comparator.comparingLong(Step::invoked)
                .thenComparingInt(step -> step.operation().number()));
        lookers = countLookers();
    }

    private void findWriters() {
        for (Step step : steps) {
            String element = step.element();
            if (element == null) {
                continue;
            }
            var other = writers.putIfAbsent(element, step);
            if (other != null) {
                other.share();
                step.share();
            }
        }
    }

    private void conclude() {
        var open = new ArrayDeque<Step>();
        steps.stream().filter(step -> step.seenValue() != null).forEach(open::add);
        while (!open.isEmpty()) {
            var reader = open.remove();
            String seen = reader.seenValue();
            if (seen == null) {
                continue;
            }
            int prefix = Values.EMPTY;
            for (String element : Values.elementsOf(seen)) {
                prefix = values.append(prefix, element);
                var writer = writers.get(element);
                if (writer != null && !writer.isShared()) {
                    contradiction |= !writer.seenAs(prefix);
                    if (!writer.isSeen() || writer.mustBy() > reader.mustBy()) {
                        writer.seenBy(reader.mustBy());
                        open.add(writer);
                    }
                }
            }
        }
        contradiction |= steps.stream().anyMatch(step -> step.mustBy() < step.invoked());
    }

    private int[] countLookers() {
        var seenValues = new ArrayList<Integer>();
        for (Step step : steps) {
            String seen = step.seenValue();
            if (step.isNeeded() && seen != null) {
                seenValues.add(values.value(seen));
            }
        }
        var counts = new int[values.count()];
        seenValues.forEach(value -> counts[value]++);
        return counts;
    }

    /** In the order of their invocation. */
    List<Step> steps() {
        return steps;
    }

    Values values() {
        return values;
    }

    /** Whether no order can do, as is plain without a search. */
    boolean isContradiction() {
        return contradiction;
    }

    /** How many saw each value, by its number; nobody saw those with higher numbers. */
    int[] lookers() {
        return lookers.clone();
    }

    /** The number of the value that a step saw, or {@link Step#IMPOSSIBLE}. */
    int seenValue(Step step) {
        @Nullable String seen = step.isNeeded() ? step.seenValue() : null;
        return seen == null ? Step.IMPOSSIBLE : values.value(seen);
    }

    /** Whether a value that was left is there never again, since its last element is written once. */
    boolean isUnrepeatable(int value) {
        if (value == Values.EMPTY) {
            return true;
        }
        var writer = writers.get(values.lastElement(value));
        return writer != null && !writer.isShared();
    }

    /** Whether what nobody saw may matter only to a refused set that expects the value in front of it. */
    boolean blindOnesHideFromSetsAlone() {
        return !anyAppend && !anyUnclearSet;
    }
}
