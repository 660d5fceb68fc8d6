package io.raftboot.simulation.network;

import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransports;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.tls.TransportSecurity;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The product's own transport over a network of connections.
 *
 * @param machines number of the machine that a member is on
 * @param security TLS of the next process of a member
 */
public record WiredTransports(
        SimulatedNetwork network, TransportOptions options, LongUnaryOperator machines, Security security)
        implements SimulatedTransports {
    /** Each member is on the machine of its own number, and none speaks TLS. */
    public WiredTransports(SimulatedNetwork network, TransportOptions options) {
        this(network, options, id -> id, id -> null);
    }

    /** What a member is given when its process begins. */
    @FunctionalInterface
    public interface Security {
        /** TLS on all its connections; null for none. */
        @Nullable
        TransportSecurity of(long id);
    }

    @Override
    public Transport join(SimulatedHost process, long id) {
        long machine = machines.applyAsLong(id);
        return NettyTransports.over(
                network.sockets(process, machine),
                process,
                SimulatedNetwork.address(machine),
                SimulatedNetwork.PORT,
                options,
                security.of(id));
    }

    /** Killed, or gone with its machine, as the network draws it. */
    @Override
    public void died(long id, Transport transport) {
        network.died(machines.applyAsLong(id));
    }
}
