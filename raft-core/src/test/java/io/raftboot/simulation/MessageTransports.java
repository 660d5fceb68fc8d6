package io.raftboot.simulation;

import io.raftboot.transport.Transport;
import io.raftboot.transport.memory.MemoryNetwork;

/**
 * A network of messages, each of which is lost, delayed or overtaken by itself.
 *
 * @param links what becomes of messages on their way
 */
public record MessageTransports(MemoryNetwork network, Links links) implements SimulatedTransports {
    @Override
    public Transport join(SimulatedHost process, long id) {
        return new SimulatedTransport(process, id, network.join(id), links);
    }

    @Override
    public void died(long id, Transport transport) {
        transport.close();
    }
}
