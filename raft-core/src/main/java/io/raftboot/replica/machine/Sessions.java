package io.raftboot.replica.machine;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a state machine in the order of their ids. Those that were used last are at hand: there may be millions, and nearly all
 * commands are of a few.
 */
final class Sessions {
    /** A power of two, more than the members of most groups. */
    private static final int AT_HAND = 16;

    private final TreeMap<Long, KeptSession> byId = new TreeMap<>();
    private final @Nullable KeptSession[] atHand = new KeptSession[AT_HAND];

    @Nullable
    KeptSession get(long id) {
        int place = place(id);
        var last = atHand[place];
        if (last != null && last.id() == id) {
            return last;
        }
        var found = byId.get(id);
        if (found != null) {
            atHand[place] = found;
        }
        return found;
    }

    void add(KeptSession session) {
        byId.put(session.id(), session);
        atHand[place(session.id())] = session;
    }

    void remove(long id) {
        byId.remove(id);
        atHand[place(id)] = null;
    }

    /**
     * Removes those with ids behind this one.
     *
     * @param removed told of each
     */
    void removeBehind(long id, Consumer<KeptSession> removed) {
        var behind = byId.tailMap(id, false);
        behind.values().forEach(session -> {
            atHand[place(session.id())] = null;
            removed.accept(session);
        });
        behind.clear();
    }

    void forEach(Consumer<KeptSession> action) {
        byId.values().forEach(action);
    }

    int size() {
        return byId.size();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    void clear() {
        byId.clear();
        Arrays.fill(atHand, null);
    }

    private static int place(long id) {
        return (int) (id & (AT_HAND - 1));
    }
}
