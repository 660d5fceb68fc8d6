package io.raftboot.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The few keys that all clients use at a time; one that was used often enough gives its place to a new one. Any thread. */
final class Keys {
    private static final int PLACES = 6;

    /** So that the search for an order stays small. */
    private static final int USES = 150;

    /**
     * A key.
     *
     * @param isList whether its value only grows; else it is written as a whole
     */
    record Key(String name, boolean isList) {}

    private final List<Key> keys = new ArrayList<>();
    private final int[] uses = new int[PLACES];
    private int made;

    Keys() {
        for (int place = 0; place < PLACES; place++) {
            keys.add(newKey(place));
        }
    }

    synchronized Key any(SplittableRandom random) {
        int place = random.nextInt(PLACES);
        if (++uses[place] > USES) {
            uses[place] = 1;
            keys.set(place, newKey(place));
        }
        return keys.get(place);
    }

    /** Those in use. */
    synchronized List<Key> all() {
        return List.copyOf(keys);
    }

    private Key newKey(int place) {
        made++;
        boolean isList = place % 2 == 0;
        return new Key((isList ? "list" : "register") + made, isList);
    }
}
