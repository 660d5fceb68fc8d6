package io.raftboot.simulation.network;

import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransports;
import io.raftboot.transport.netty.TransportOptions;

/** The product's own transport over a network of connections. */
public record WiredTransports(SimulatedNetwork network, TransportOptions options) implements SimulatedTransports {
    @Override
    public Transport join(SimulatedHost process, long id) {
        return NettyTransports.over(
                network.sockets(process, id), process, SimulatedNetwork.address(id), SimulatedNetwork.PORT, options);
    }

    /** Killed, or gone with its machine, as the network draws it. */
    @Override
    public void died(long id, Transport transport) {
        network.died(id);
    }
}
