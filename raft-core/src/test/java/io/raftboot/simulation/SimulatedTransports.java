package io.raftboot.simulation;

import io.raftboot.transport.Transport;

/** The network of a simulated group, which gives each process of a member its transport. */
public interface SimulatedTransports {
    /** A transport for a process that begins. */
    Transport join(SimulatedHost process, long id);

    /** The process has died, and with it its transport. */
    void died(long id, Transport transport);
}
