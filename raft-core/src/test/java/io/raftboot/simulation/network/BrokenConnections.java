package io.raftboot.simulation.network;

import java.util.List;
import java.util.function.Supplier;

/** What two machines had with each other when it was broken, and whether they have something new in its place. */
public final class BrokenConnections {
    private final List<Socket> broken;
    private final Supplier<List<Socket>> present;

    BrokenConnections(List<Socket> broken, Supplier<List<Socket>> present) {
        this.broken = List.copyOf(broken);
        this.present = present;
    }

    /** Whether they had nothing. */
    public boolean areNone() {
        return broken.isEmpty();
    }

    /** Whether what was broken is gone, and another connection is there. */
    public boolean areReplaced() {
        var now = present.get();
        return !now.isEmpty() && now.stream().noneMatch(broken::contains);
    }
}
