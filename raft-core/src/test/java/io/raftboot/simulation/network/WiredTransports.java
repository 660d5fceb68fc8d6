package io.raftboot.simulation.network;

import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransports;
import io.raftboot.transport.netty.TransportOptions;
import java.util.function.LongUnaryOperator;

/**
 * The product's own transport over a network of connections.
 *
 * @param machines number of the machine that a member is on
 */
public record WiredTransports(SimulatedNetwork network, TransportOptions options, LongUnaryOperator machines)
        implements SimulatedTransports {
    /** Each member is on the machine of its own number. */
    public WiredTransports(SimulatedNetwork network, TransportOptions options) {
        this(network, options, id -> id);
    }

    @Override
    public Transport join(SimulatedHost process, long id) {
        long machine = machines.applyAsLong(id);
        return NettyTransports.over(
                network.sockets(process, machine),
                process,
                SimulatedNetwork.address(machine),
                SimulatedNetwork.PORT,
                options);
    }

    /** Killed, or gone with its machine, as the network draws it. */
    @Override
    public void died(long id, Transport transport) {
        network.died(machines.applyAsLong(id));
    }
}
