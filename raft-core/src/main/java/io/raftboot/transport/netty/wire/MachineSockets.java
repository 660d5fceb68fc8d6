package io.raftboot.transport.netty.wire;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.raftboot.agent.AgentHost;
import io.raftboot.transport.ErrorGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;

/** TCP as the kernel has it, by selectors. */
public final class MachineSockets implements Sockets {
    public static final Sockets INSTANCE = new MachineSockets();

    private MachineSockets() {}

    @Override
    public GuardedLoop loop(AgentHost host, String name, ErrorGuard guard) {
        return new TransportLoop(host.threads(name), guard);
    }

    @Override
    public Channel connecting() {
        return new NioSocketChannel();
    }

    @Override
    public ServerChannel listening() {
        return new NioServerSocketChannel();
    }

    @Override
    public InetAddress[] addresses(String host) throws UnknownHostException {
        return InetAddress.getAllByName(host);
    }

    @Override
    public void probe(InetSocketAddress address) throws IOException {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(address);
        }
    }
}
