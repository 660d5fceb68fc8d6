package io.raftboot.replica;

import io.raftboot.simulation.MessageTransports;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.memory.MemoryNetwork;
import java.util.Collection;

/** A network on which each message goes its own way: lost, late, overtaken or twice there, whatever becomes of the others. */
final class MessageWays implements Ways {
    private final MemoryNetwork network;
    private final WorldLinks links;
    private final long longNanos;

    /** @param longNanos what a clogged link may add to the way of a message */
    MessageWays(Simulation simulation, long longNanos) {
        this.network = new MemoryNetwork(simulation.host("network", Pace.EXACT));
        this.links = new WorldLinks(simulation.random());
        this.longNanos = longNanos;
    }

    @Override
    public SimulatedTransports transports() {
        return new MessageTransports(network, links);
    }

    @Override
    public void cut(long from, long to) {
        network.cut(from, to);
    }

    @Override
    public void mend() {
        network.heal();
    }

    @Override
    public void weather(int what, Collection<Long> members) {
        links.weather(what);
    }

    @Override
    public void clog(long from, long to, int what) {
        links.clog(from, to, what % longNanos);
    }

    /** Connections are the network's own affair: both find each other cut off, and connected again with the next repair. */
    @Override
    public void reset(long one, long other, int what) {
        cut(one, other);
        cut(other, one);
    }

    @Override
    public void calm() {
        network.heal();
        links.calm();
    }
}
