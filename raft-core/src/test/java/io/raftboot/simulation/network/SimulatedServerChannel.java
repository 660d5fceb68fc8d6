package io.raftboot.simulation.network;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelId;
import io.netty.channel.EventLoop;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A channel that listens on a port of a simulated machine. */
final class SimulatedServerChannel extends AbstractServerChannel {
    private static final int MAX_WAITING = 128;

    private final SimulatedNetwork network;
    private final Machine machine;
    private final SimulatedConfig config = new SimulatedConfig(this, () -> reading = false);
    private final Listener listener = new Listener(MAX_WAITING, this::arrived);
    private @Nullable InetSocketAddress local;
    private boolean reading;
    private boolean closed;

    SimulatedServerChannel(SimulatedNetwork network, Machine machine) {
        this.network = network;
        this.machine = machine;
    }

    @Override
    protected ChannelId newId() {
        return new NumberedId(0);
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return !closed && local != null;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof SimulatedLoop;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected void doBind(SocketAddress address) throws BindException {
        var wanted = (InetSocketAddress) address;
        int port = wanted.getPort() == 0 ? machine.freePort() : wanted.getPort();
        if (!wanted.getAddress().equals(machine.address())) {
            throw new BindException("Cannot assign requested address");
        }
        if (!machine.listen(port, listener)) {
            throw new BindException("Address already in use");
        }
        local = new InetSocketAddress(machine.address(), port);
    }

    @Override
    protected void doClose() {
        closed = true;
        if (local != null) {
            machine.endListening(local.getPort());
        }
    }

    @Override
    protected void doBeginRead() {
        reading = true;
        if (!listener.isEmpty()) {
            arrived();
        }
    }

    private void arrived() {
        eventLoop().execute(this::accept);
    }

    private void accept() {
        if (!reading || listener.isEmpty()) {
            return;
        }
        reading = false;
        for (var socket = listener.poll(); socket != null; socket = listener.poll()) {
            pipeline().fireChannelRead(new SimulatedChannel(network, machine, this, socket));
        }
        pipeline().fireChannelReadComplete();
    }
}
