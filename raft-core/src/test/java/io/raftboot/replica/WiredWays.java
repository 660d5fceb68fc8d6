package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.simulation.Simulation;
import io.raftboot.simulation.network.BrokenConnections;
import io.raftboot.simulation.network.SimulatedNetwork;
import io.raftboot.simulation.network.WiredTransports;
import io.raftboot.transport.netty.TransportOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongUnaryOperator;

/** A network of connections, over which the product's own transport sends its frames. */
final class WiredWays implements Ways {
    private static final Duration[] LATENESS = {
        Duration.ofNanos(200_000), Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(40)
    };
    private static final double[] FLIPS = {0, 0, 0, 0.001, 0.02};
    private static final long[] BYTES_PER_SECOND = {1_000, 20_000, 1_000_000};

    private final SimulatedNetwork network;
    private final TransportOptions options;
    private final LongUnaryOperator machines;
    private final WiredTransports.Security security;
    private final List<Hit> hits = new ArrayList<>();

    /**
     * Connections that were broken, and what it is when they are made anew.
     *
     * @param member at which they were looked at
     */
    private record Hit(long member, Sometimes end, BrokenConnections connections) {}

    /**
     * @param machines number of the machine that a member is on at present
     * @param security TLS of the next process of a member
     */
    WiredWays(
            Simulation simulation,
            TransportOptions options,
            LongUnaryOperator machines,
            WiredTransports.Security security) {
        this.network = new SimulatedNetwork(simulation);
        this.options = options;
        this.machines = machines;
        this.security = security;
        calm();
    }

    @Override
    public SimulatedTransports transports() {
        return new WiredTransports(network, options, machines, security);
    }

    private long on(long member) {
        return machines.applyAsLong(member);
    }

    @Override
    public void cut(long from, long to) {
        network.cut(on(from), on(to), true);
    }

    @Override
    public void mend() {
        network.heal();
    }

    @Override
    public void weather(int what, Collection<Long> members) {
        network.delay(Duration.ofNanos(50_000), LATENESS[what % LATENESS.length]);
        double flips = FLIPS[(what / 7) % FLIPS.length];
        for (long from : members) {
            for (long to : members) {
                network.flip(on(from), on(to), from == to ? 0 : flips);
            }
        }
    }

    @Override
    public void clog(long from, long to, int what) {
        if (what % 2 == 0) {
            network.clog(on(from), on(to), true);
        } else {
            network.slow(on(from), on(to), BYTES_PER_SECOND[(what / 2) % BYTES_PER_SECOND.length]);
        }
    }

    @Override
    public void reset(long one, long other, int what) {
        var hit =
                switch (what % 3) {
                    case 0 -> new Hit(one, Sometimes.CONNECTION_RESET_AND_MADE_ANEW, network.reset(on(one), on(other)));
                    case 1 ->
                        new Hit(
                                one,
                                Sometimes.CONNECTION_LOST_BY_ONE_SIDE_AND_MADE_ANEW,
                                network.resetAt(on(one), on(other)));
                    default ->
                        new Hit(one, Sometimes.CONNECTION_SILENT_AND_MADE_ANEW, network.silence(on(one), on(other)));
                };
        if (!hit.connections().areNone()) {
            hits.add(hit);
        }
    }

    @Override
    public void look(BiConsumer<Long, Sometimes> happened) {
        hits.removeIf(hit -> {
            boolean over = hit.connections().areReplaced();
            if (over) {
                happened.accept(hit.member(), hit.end());
            }
            return over;
        });
    }

    @Override
    public void calm() {
        network.heal();
        network.delay(Duration.ofNanos(50_000), LATENESS[0]);
    }
}
