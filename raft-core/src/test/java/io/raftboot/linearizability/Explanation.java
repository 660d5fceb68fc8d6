package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a key has no order: the shortest beginning of its history that has none, cut behind the return of an operation, and without
 * the reads that do not matter to it.
 */
final class Explanation {
    /** More than a reader reads. */
    private static final int MAX_OPERATIONS = 60;

    private final long maxSteps;
    private final List<Operation> all;
    private final List<Operation> ended;

    /** @param operations of one key, which have no order */
    Explanation(List<Operation> operations, long maxSteps) {
        this.maxSteps = maxSteps;
        all = operations;
        ended = operations.stream()
                .filter(operation -> operation.ending() instanceof Operation.Done)
                .sorted(Comparator.comparingLong(Operation::returned).thenComparingInt(Operation::number))
                .toList();
    }

    List<String> lines() {
        var last = ended.get(firstWithoutOrder());
        var prefix = withoutReads(until(last.returned()), last);
        var lines = new ArrayList<String>();
        lines.add("key " + last.key() + ": no order of its operations explains what was answered");
        lines.add("  the first that no order explains is " + last);
        reasons(last).forEach(reason -> lines.add("  " + reason));
        lines.addAll(orderBefore(last));
        lines.add("  the operations up to there, without reads that do not matter:");
        int leftOut = Math.max(0, prefix.size() - MAX_OPERATIONS);
        if (leftOut > 0) {
            lines.add("    (" + leftOut + " earlier ones)");
        }
        prefix.stream().skip(leftOut).forEach(operation -> lines.add("    " + operation));
        return lines;
    }

    /** A longer beginning of a history has no order if a shorter one has none. */
    private int firstWithoutOrder() {
        int low = 0;
        int high = ended.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (hasNoOrder(until(ended.get(middle).returned()))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** What was known at a time: operations that had not returned may still take place. */
    private List<Operation> until(long time) {
        return all.stream()
                .filter(operation -> operation.invoked() <= time)
                .map(operation -> operation.returned() <= time || operation.ending() instanceof Operation.Failed
                        ? operation
                        : unknown(operation))
                .toList();
    }

    private static Operation unknown(Operation operation) {
        return new Operation(
                operation.number(),
                operation.client(),
                operation.key(),
                operation.call(),
                operation.invoked(),
                operation.returned(),
                new Operation.Unknown());
    }

    private boolean hasNoOrder(List<Operation> operations) {
        return new KeySearch(new KeySteps(operations), maxSteps).run() == KeySearch.Result.NO_ORDER;
    }

    private List<Operation> withoutReads(List<Operation> prefix, Operation last) {
        var kept = new ArrayList<>(prefix);
        for (Operation operation : prefix) {
            if (operation.call() instanceof Call.Read && operation.number() != last.number()) {
                int at = kept.indexOf(operation);
                kept.remove(at);
                if (!hasNoOrder(kept)) {
                    kept.add(at, operation);
                }
            }
        }
        return kept;
    }

    private List<String> orderBefore(Operation last) {
        int at = ended.indexOf(last);
        if (at == 0) {
            return List.of("  it is the first one to return");
        }
        var search = new KeySearch(new KeySteps(until(ended.get(at - 1).returned())), maxSteps);
        if (search.run() != KeySearch.Result.ORDER_FOUND) {
            return List.of();
        }
        var order = search.order();
        var numbers = order.stream()
                .skip(Math.max(0, order.size() - MAX_OPERATIONS / 2))
                .map(operation -> "#" + operation.number())
                .toList();
        return List.of("  without it they may have taken place as ... " + String.join(" ", numbers) + ", with \""
                + search.valueAtEnd() + "\" at the end");
    }

    private List<String> reasons(Operation last) {
        String seen = seenValue(last);
        var reasons = new ArrayList<String>();
        if (seen == null) {
            return reasons;
        }
        var elements = Values.elementsOf(seen);
        if (new HashSet<>(elements).size() < elements.size()) {
            reasons.add("an element is in its answer twice: something took place twice");
        }
        for (String element : new LinkedHashSet<>(elements)) {
            var writers = all.stream()
                    .filter(operation -> element.equals(written(operation.call())))
                    .toList();
            if (writers.isEmpty()) {
                reasons.add("nobody ever wrote " + element);
            } else if (writers.stream().allMatch(writer -> writer.ending() instanceof Operation.Failed)) {
                reasons.add(element + " is of an operation that failed: " + writers.get(0));
            } else if (writers.stream().allMatch(writer -> writer.invoked() > last.returned())) {
                reasons.add(element + " was written later: " + writers.get(0));
            }
        }
        ended.stream()
                .filter(other -> other.returned() < last.invoked() && hides(other, elements))
                .reduce((first, second) -> second)
                .ifPresent(other -> reasons.add("it does not see what was there before it: " + other));
        return reasons;
    }

    /** Whether an operation saw or appended something that is not in a later answer, on a key of which nothing is taken away. */
    private boolean hides(Operation other, List<String> elements) {
        boolean onlyGrows = all.stream()
                .allMatch(
                        operation -> operation.call() instanceof Call.Append || operation.call() instanceof Call.Read);
        if (!onlyGrows) {
            return false;
        }
        String value = other.call() instanceof Call.Append append ? append.element() : seenValue(other);
        return value != null && !elements.containsAll(Values.elementsOf(value));
    }

    private static @Nullable String written(Call call) {
        if (call instanceof Call.Write write) {
            return write.element();
        }
        if (call instanceof Call.Append append) {
            return append.element();
        }
        return call instanceof Call.CompareAndSet set ? set.element() : null;
    }

    private static @Nullable String seenValue(Operation operation) {
        if (!(operation.ending() instanceof Operation.Done done) || done.answer() == null) {
            return null;
        }
        if (operation.call() instanceof Call.CompareAndSet set) {
            return done.answer().equals(Call.SET) ? set.expected() : null;
        }
        return done.answer();
    }
}
