package io.raftboot.simulation.network;

import java.util.List;
import java.util.random.RandomGenerator;

/** Breaks the links between some machines, one fault at a time, and mends them; what and when is drawn. */
public final class NetworkStorm {
    private static final long MIN_BYTES_PER_SECOND = 500;
    private static final long MAX_BYTES_PER_SECOND = 1_000_000;

    private final SimulatedNetwork network;
    private final RandomGenerator random;
    private final List<Long> machines;

    private enum Fault {
        CUT_ONE_WAY,
        CUT_BOTH_WAYS,
        ISOLATE,
        CLOG,
        SLOW,
        RESET,
        RESET_AT_ONE_END,
        SILENCE,
        HEAL
    }

    /** @param machines at least two */
    public NetworkStorm(SimulatedNetwork network, RandomGenerator random, List<Long> machines) {
        this.network = network;
        this.random = random;
        this.machines = List.copyOf(machines);
    }

    /** One fault more; every fourth one mends all there is. */
    public void next() {
        long from = machines.get(random.nextInt(machines.size()));
        long to = from;
        while (to == from) {
            to = machines.get(random.nextInt(machines.size()));
        }
        var faults = Fault.values();
        var fault = random.nextInt(4) == 0 ? Fault.HEAL : faults[random.nextInt(faults.length)];
        switch (fault) {
            case CUT_ONE_WAY -> network.cut(from, to, true);
            case CUT_BOTH_WAYS -> network.cutBoth(from, to);
            case ISOLATE -> network.isolate(from);
            case CLOG -> network.clog(from, to, true);
            case SLOW -> network.slow(from, to, random.nextLong(MIN_BYTES_PER_SECOND, MAX_BYTES_PER_SECOND));
            case RESET -> network.reset(from, to);
            case RESET_AT_ONE_END -> network.resetAt(from, to);
            case SILENCE -> network.silence(from, to);
            case HEAL -> network.heal();
        }
    }
}
