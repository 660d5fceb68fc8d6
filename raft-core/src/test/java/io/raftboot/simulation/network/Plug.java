package io.raftboot.simulation.network;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.netty.wire.GuardedLoop;
import io.raftboot.transport.netty.wire.Sockets;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A process on a machine of a simulated network, with nothing in it but channels that note what becomes of them. */
final class Plug {
    static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    private final Simulation simulation;
    private final long machine;
    final SimulatedHost host;
    final Sockets sockets;
    final GuardedLoop loop;
    final List<Throwable> errors = new ArrayList<>();

    /** Those that others have dialled, in the order of their coming. */
    final List<End> accepted = new ArrayList<>();

    /** Whether connections that come are read by themselves. */
    boolean reads = true;

    Plug(Simulation simulation, SimulatedNetwork network, long machine, Pace pace) {
        this.simulation = simulation;
        this.machine = machine;
        this.host = simulation.host("plug " + machine, pace);
        this.sockets = network.sockets(host, machine);
        this.loop = sockets.loop(host, "loop " + machine, new ErrorGuard(errors::add));
    }

    private InetSocketAddress address(long of) throws UnknownHostException {
        return new InetSocketAddress(sockets.address(SimulatedNetwork.address(of)), SimulatedNetwork.PORT);
    }

    ChannelFuture listen() throws UnknownHostException {
        return new ServerBootstrap()
                .group(loop)
                .channelFactory(sockets::listening)
                .childHandler(handler(() -> {
                    var end = new End();
                    accepted.add(end);
                    return end;
                }))
                .bind(address(machine));
    }

    /** Begins to connect. */
    End dial(long to) throws UnknownHostException {
        var end = new End();
        end.connect = new Bootstrap()
                .group(loop)
                .channelFactory(sockets::connecting)
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 << 10, 64 << 10))
                .handler(handler(() -> end))
                .connect(address(to));
        return end;
    }

    private ChannelInitializer<Channel> handler(Supplier<End> ends) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                var end = ends.get();
                end.channel = channel;
                channel.config().setAutoRead(reads);
                channel.pipeline().addLast(end);
            }
        };
    }

    /** The last handler of a channel. */
    final class End extends ChannelInboundHandlerAdapter {
        @Nullable
        ChannelFuture connect;

        @Nullable
        Channel channel;

        final ByteArrayOutputStream received = new ByteArrayOutputStream();
        final List<Integer> sizes = new ArrayList<>();
        final List<Boolean> writable = new ArrayList<>();
        final List<Throwable> thrown = new ArrayList<>();
        boolean active;
        boolean ended;
        long readNanos;

        Channel channel() {
            if (channel == null) {
                throw new IllegalStateException("there is no channel yet");
            }
            return channel;
        }

        @Nullable
        Throwable failure() {
            return connect == null ? null : connect.cause();
        }

        void write(byte[] bytes) {
            var unused = channel().writeAndFlush(Unpooled.wrappedBuffer(bytes));
        }

        void close() {
            var unused = channel().close();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            active = true;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var bytes = (ByteBuf) message;
            sizes.add(bytes.readableBytes());
            while (bytes.isReadable()) {
                received.write(bytes.readByte());
            }
            bytes.release();
            readNanos = simulation.events().nowNanos();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            writable.add(context.channel().isWritable());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended = true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            thrown.add(cause);
        }
    }
}
