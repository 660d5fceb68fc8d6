package io.raftboot.replica;

import io.raftboot.simulation.network.SimulatedNetwork;
import java.util.Map;
import java.util.TreeMap;

/** Which machine each member of a world is on: that of its own number first, and another one after each move. */
final class Places {
    /** Far more than a world has members. */
    private static final long MOVE = 256;

    private final Map<Long, Long> moves = new TreeMap<>();

    /** Number of the machine of a member. */
    long of(long id) {
        return id + MOVE * moves.getOrDefault(id, 0L);
    }

    String address(long id) {
        return SimulatedNetwork.address(of(id));
    }

    /** Where it is going to be when it moves. */
    String nextAddress(long id) {
        return SimulatedNetwork.address(of(id) + MOVE);
    }

    boolean hasMoved(long id) {
        return moves.containsKey(id);
    }

    boolean haveMoved() {
        return !moves.isEmpty();
    }

    void move(long id) {
        moves.merge(id, 1L, Long::sum);
    }
}
