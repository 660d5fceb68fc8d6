package io.raftboot.simulation.network;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.raftboot.agent.AgentHost;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.netty.wire.GuardedLoop;
import io.raftboot.transport.netty.wire.Sockets;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The network as one process on one machine has it. */
final class SimulatedSockets implements Sockets {
    private final SimulatedNetwork network;
    private final Machine machine;
    private final SimulatedHost process;

    SimulatedSockets(SimulatedNetwork network, Machine machine, SimulatedHost process) {
        this.network = network;
        this.machine = machine;
        this.process = process;
    }

    @Override
    public GuardedLoop loop(AgentHost host, String name, ErrorGuard guard) {
        return new SimulatedLoop(process, name, guard);
    }

    @Override
    public Channel connecting() {
        return new SimulatedChannel(network, machine);
    }

    @Override
    public ServerChannel listening() {
        return new SimulatedServerChannel(network, machine);
    }

    @Override
    public InetAddress[] addresses(String host) throws UnknownHostException {
        var address = network.find(host);
        if (address == null) {
            throw new UnknownHostException(host + ": Name or service not known");
        }
        return new InetAddress[] {address};
    }

    @Override
    public void probe(InetSocketAddress address) throws IOException {
        if (machine.listener(address.getPort()) != null) {
            throw new BindException("Address already in use");
        }
    }
}
