package io.raftboot.linearizability;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for an order of the operations of one key that explains all answers: Wing and Gong's search, which remembers in what
 * situations (operations done, value) it has been, as Lowe's does. An operation may be the next one if no other that is still to
 * be done had returned before it was invoked. Three rules keep the search narrow, and lose no order:
 * <ul>
 *   <li>what only looks is done as soon as its answer fits, as that changes nothing for others;
 *   <li>a value that comes never again is not left before all who saw it have looked;
 *   <li>what nobody saw is done only where it can hide a value from a refused set.
 * </ul>
 */
final class KeySearch {
    /** How a search ends. */
    enum Result {
        ORDER_FOUND,
        NO_ORDER,
        OUT_OF_STEPS
    }

    /** A situation: what was done in it up to some point is undone when the search comes back. */
    private static final class Level {
        final int doneBefore;
        final int value;
        final List<Integer> choices;
        int next;

        Level(int doneBefore, int value, List<Integer> choices) {
            this.doneBefore = doneBefore;
            this.value = value;
            this.choices = choices;
        }
    }

    private record Situation(int value, int firstWord, List<Long> words) {}

    private final KeySteps key;
    private final List<Step> steps;
    private final int[] seenValues;
    private final int[] lookers;
    private final long maxSteps;

    private final BitSet done = new BitSet();
    private final List<Integer> order = new ArrayList<>();
    private final Set<Situation> visited = new HashSet<>();
    private int value = Values.EMPTY;
    private int neededLeft;
    private long stepsTaken;

    KeySearch(KeySteps key, long maxSteps) {
        this.key = key;
        this.maxSteps = maxSteps;
        steps = key.steps();
        seenValues = steps.stream().mapToInt(key::seenValue).toArray();
        lookers = key.lookers();
        neededLeft = (int) steps.stream().filter(Step::isNeeded).count();
    }

    Result run() {
        if (key.isContradiction()) {
            return Result.NO_ORDER;
        }
        var levels = new ArrayDeque<Level>();
        levels.push(enter(0));
        while (neededLeft > 0) {
            if (levels.isEmpty()) {
                return Result.NO_ORDER;
            }
            var level = levels.peek();
            if (level.next == level.choices.size()) {
                undo(level.doneBefore);
                levels.pop();
                if (!levels.isEmpty()) {
                    value = levels.peek().value;
                }
                continue;
            }
            if (++stepsTaken > maxSteps) {
                return Result.OUT_OF_STEPS;
            }
            int choice = level.choices.get(level.next++);
            int doneBefore = order.size();
            value = steps.get(choice).after(level.value);
            take(choice);
            levels.push(enter(doneBefore));
        }
        return Result.ORDER_FOUND;
    }

    long stepsTaken() {
        return stepsTaken;
    }

    /** The order that was found. */
    List<Operation> order() {
        return order.stream().map(i -> steps.get(i).operation()).toList();
    }

    String valueAtEnd() {
        return key.values().text(value);
    }

    private Level enter(int doneBefore) {
        takeLookers();
        boolean isNew = neededLeft == 0 || visited.add(situation());
        return new Level(doneBefore, value, isNew && neededLeft > 0 ? choices() : List.of());
    }

    private void takeLookers() {
        boolean taken = true;
        while (taken) {
            taken = false;
            for (int i : candidates()) {
                var step = steps.get(i);
                if (step.isNeeded() && step.onlyLooks() && step.after(value) == value) {
                    take(i);
                    taken = true;
                }
            }
        }
    }

    /** Needed ones first: of those that may be left out most are. */
    private List<Integer> choices() {
        var needed = new ArrayList<Integer>();
        var optional = new ArrayList<Integer>();
        var candidates = candidates();
        boolean blindOnesMatter = !key.blindOnesHideFromSetsAlone()
                || candidates.stream().map(steps::get).anyMatch(step -> step.isRefusedSet() && step.expects(value));
        for (int i : candidates) {
            var step = steps.get(i);
            int after = step.after(value);
            if (after == Step.IMPOSSIBLE || (after == value && !step.isNeeded()) || !mayLeaveValue(i, after)) {
                continue;
            }
            if (step.isNeeded()) {
                needed.add(i);
            } else if (blindOnesMatter || !step.isBlind()) {
                optional.add(i);
            }
        }
        needed.addAll(optional);
        return needed;
    }

    private boolean mayLeaveValue(int i, int after) {
        if (after == value || value >= lookers.length || !key.isUnrepeatable(value)) {
            return true;
        }
        return lookers[value] == (seenValues[i] == value ? 1 : 0);
    }

    /** Those before which no other has to be. */
    private List<Integer> candidates() {
        var found = new ArrayList<Integer>();
        long firstReturn = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < steps.size(); i = done.nextClearBit(i + 1)) {
            var step = steps.get(i);
            if (step.invoked() > firstReturn) {
                break;
            }
            found.add(i);
            firstReturn = Math.min(firstReturn, step.mustBy());
        }
        return found;
    }

    private void take(int i) {
        done.set(i);
        order.add(i);
        count(i, 1);
    }

    private void undo(int doneBefore) {
        for (int last = order.size() - 1; last >= doneBefore; last--) {
            int i = order.remove(last);
            done.clear(i);
            count(i, -1);
        }
    }

    private void count(int i, int times) {
        if (steps.get(i).isNeeded()) {
            neededLeft -= times;
        }
        if (seenValues[i] != Step.IMPOSSIBLE) {
            lookers[seenValues[i]] -= times;
        }
    }

    /** Without the words at the beginning in which all is done, of which there are many in a long history. */
    private Situation situation() {
        long[] words = done.toLongArray();
        int first = 0;
        while (first < words.length && words[first] == -1L) {
            first++;
        }
        return new Situation(
                value, first, Arrays.stream(words, first, words.length).boxed().toList());
    }
}
