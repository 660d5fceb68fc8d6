package io.raftboot.transport.netty.wire;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.raftboot.agent.AgentHost;
import io.raftboot.transport.ErrorGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * The network below a transport: names, ports, connections, and the loop that moves them. A test gives its own, and has everything
 * above run over connections that it cuts, in an order that it decides. Any thread.
 */
public interface Sockets {
    /** A loop that moves channels of these sockets, and runs until it is shut down. */
    GuardedLoop loop(AgentHost host, String name, ErrorGuard guard);

    /** A channel that is to be connected. */
    Channel connecting();

    /** A channel that is to listen. */
    ServerChannel listening();

    /**
     * All addresses of a host, at least one. May block.
     *
     * @throws UnknownHostException if it has none
     */
    InetAddress[] addresses(String host) throws UnknownHostException;

    /** The first of them. */
    default InetAddress address(String host) throws UnknownHostException {
        return addresses(host)[0];
    }

    /**
     * Finds out whether it could be listened on the address.
     *
     * @throws java.net.BindException if the port is in use
     */
    void probe(InetSocketAddress address) throws IOException;
}
