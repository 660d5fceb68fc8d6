package io.raftboot.transport.netty;

import io.raftboot.agent.AgentHost;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.wire.Sockets;
import io.raftboot.transport.tls.TransportSecurity;
import org.jspecify.annotations.Nullable;

/** Makes transports over what a test has in place of the machine's sockets. */
public final class NettyTransports {
    private NettyTransports() {}

    public static Transport over(Sockets sockets, AgentHost host, String address, int port, TransportOptions options) {
        return over(sockets, host, address, port, options, null);
    }

    /**
     * As the other one.
     *
     * @param security null for no TLS
     */
    public static Transport over(
            Sockets sockets,
            AgentHost host,
            String address,
            int port,
            TransportOptions options,
            @Nullable TransportSecurity security) {
        return new NettyTransport(address, port, options, host, sockets, security);
    }
}
