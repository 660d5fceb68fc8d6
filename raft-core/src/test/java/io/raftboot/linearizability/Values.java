package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values of a key as numbers: equal values have equal numbers, and one with an element behind it is found in one look-up however
 * long it is.
 */
final class Values {
    static final int EMPTY = 0;

    private final Map<String, Integer> elements = new HashMap<>();
    private final Map<Long, Integer> longer = new HashMap<>();
    private final List<String> lastElement = new ArrayList<>(List.of(""));
    private final List<Integer> shorter = new ArrayList<>(List.of(EMPTY));

    int value(String text) {
        int value = EMPTY;
        for (String element : elementsOf(text)) {
            value = append(value, element);
        }
        return value;
    }

    int append(int value, String element) {
        int number = elements.computeIfAbsent(element, e -> elements.size());
        return longer.computeIfAbsent((long) value << Integer.SIZE | number, v -> {
            lastElement.add(element);
            shorter.add(value);
            return shorter.size() - 1;
        });
    }

    String text(int value) {
        var found = new ArrayList<String>();
        for (int rest = value; rest != EMPTY; rest = shorter.get(rest)) {
            found.add(0, lastElement.get(rest));
        }
        return String.join(Call.SEPARATOR, found);
    }

    /** Empty of the empty value. */
    String lastElement(int value) {
        return lastElement.get(value);
    }

    /** How many there are; their numbers are below. */
    int count() {
        return shorter.size();
    }

    static List<String> elementsOf(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(Call.SEPARATOR, -1));
    }
}
