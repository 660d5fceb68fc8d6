package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.List;

/** All orders of a few operations on one key, one after the other, by the words of the definition alone. */
final class BruteForce {
    private BruteForce() {}

    static boolean isLinearizable(List<Operation> operations) {
        return hasOrder(new ArrayList<>(operations), Call.EMPTY);
    }

    private static boolean hasOrder(List<Operation> left, String value) {
        if (left.stream().noneMatch(operation -> operation.ending() instanceof Operation.Done)) {
            return true;
        }
        for (Operation next : left) {
            boolean mayBeNext = !(next.ending() instanceof Operation.Failed)
                    && left.stream().noneMatch(other -> precedes(other, next));
            boolean fits = !(next.ending() instanceof Operation.Done done)
                    || done.answer() == null
                    || done.answer().equals(next.call().answer(value));
            if (mayBeNext && fits) {
                var rest = new ArrayList<>(left);
                rest.remove(next);
                if (hasOrder(rest, next.call().after(value))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean precedes(Operation one, Operation other) {
        return one.ending() instanceof Operation.Done && one.returned() < other.invoked();
    }
}
