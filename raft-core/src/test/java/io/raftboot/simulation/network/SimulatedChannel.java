package io.raftboot.simulation.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A channel over an end of a simulated connection, which treats its handlers as Netty's channels over sockets do. */
final class SimulatedChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final SimulatedNetwork network;
    private final Machine machine;
    private final SimulatedConfig config = new SimulatedConfig(this, () -> reading = false);
    private @Nullable Socket socket;
    private @Nullable ChannelPromise connecting;
    private @Nullable ScheduledFuture<?> connectTimeout;
    private boolean reading;
    private boolean writeBlocked;
    private boolean lookDue;
    private boolean closed;

    /** A channel that is to be connected. */
    SimulatedChannel(SimulatedNetwork network, Machine machine) {
        super(null, new NumberedId(network.nextChannel()));
        this.network = network;
        this.machine = machine;
    }

    /** A channel of a connection that others made. */
    SimulatedChannel(SimulatedNetwork network, Machine machine, Channel parent, Socket socket) {
        super(parent, new NumberedId(network.nextChannel()));
        this.network = network;
        this.machine = machine;
        take(socket);
    }

    private void take(Socket newSocket) {
        socket = newSocket;
        newSocket.watch(this::arrived);
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return !closed && socket != null;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof SimulatedLoop;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return socket == null ? null : socket.local();
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return socket == null ? null : socket.remote();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("is bound where it is connected");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        closed = true;
        var attempt = connecting;
        connecting = null;
        if (attempt != null) {
            attempt.tryFailure(new ClosedChannelException());
        }
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
        }
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    protected void doBeginRead() {
        reading = true;
        if (socket != null && socket.hasInput()) {
            arrived();
        }
    }

    /** The kernel has something for this channel: whether its process can look now or not. */
    private void arrived() {
        if (!lookDue && isRegistered()) {
            lookDue = true;
            eventLoop().execute(this::look);
        }
    }

    private void look() {
        lookDue = false;
        var present = socket;
        if (closed || present == null) {
            return;
        }
        if (writeBlocked && present.canWrite()) {
            writeBlocked = false;
            ((Unsafe) unsafe()).flush0();
        }
        if (reading && !closed && present.hasInput()) {
            reading = false;
            read(present);
        }
    }

    private void read(Socket from) {
        int count = 0;
        do {
            var bytes = from.read();
            if (bytes == null) {
                break;
            }
            count++;
            pipeline().fireChannelRead(Unpooled.wrappedBuffer(bytes.toByteArray()));
        } while (count < METADATA.defaultMaxMessagesPerRead() && config.isAutoRead() && !closed);
        if (count > 0) {
            pipeline().fireChannelReadComplete();
        }
        boolean looks = count == 0 || config.isAutoRead();
        if (looks && !closed && from.isReset()) {
            pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            unsafe().close(voidPromise());
        } else if (looks && !closed && from.isAtEnd()) {
            unsafe().close(voidPromise());
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws IOException {
        for (var next = (ByteBuf) out.current(); next != null; next = (ByteBuf) out.current()) {
            if (!next.isReadable()) {
                out.remove();
                continue;
            }
            int taken = socket == null ? 0 : socket.write(next);
            if (taken == 0) {
                writeBlocked = true;
                return;
            }
            out.removeBytes(taken);
        }
    }

    private final class Unsafe extends AbstractUnsafe {
        private Unsafe() {
            super();
        }

        @Override
        protected void flush0() {
            if (!writeBlocked) {
                super.flush0();
            }
        }

        @Override
        public void connect(SocketAddress to, @Nullable SocketAddress from, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            connecting = promise;
            network.connect(machine, (InetSocketAddress) to, new SimulatedNetwork.Outcome() {
                @Override
                public void connected(Socket made) {
                    if (closed) {
                        made.close();
                        return;
                    }
                    made.watch(SimulatedChannel.this::arrived);
                    eventLoop().execute(() -> Unsafe.this.connected(made));
                }

                @Override
                public void failed(ConnectException cause) {
                    if (closed) {
                        // Its event loop may have ended by now.
                        return;
                    }
                    eventLoop().execute(() -> Unsafe.this.failed(annotateConnectException(cause, to)));
                }
            });
            int millis = config.getConnectTimeoutMillis();
            connectTimeout = eventLoop()
                    .schedule(
                            () -> failed(
                                    new ConnectTimeoutException("connection timed out after " + millis + " ms: " + to)),
                            millis,
                            TimeUnit.MILLISECONDS);
        }

        private void connected(Socket made) {
            var attempt = connecting;
            connecting = null;
            if (closed || attempt == null) {
                made.close();
                return;
            }
            if (connectTimeout != null) {
                connectTimeout.cancel(false);
            }
            take(made);
            attempt.trySuccess();
            pipeline().fireChannelActive();
        }

        private void failed(Throwable cause) {
            var attempt = connecting;
            connecting = null;
            if (attempt != null) {
                attempt.tryFailure(cause);
                closeIfClosed();
                close(voidPromise());
            }
        }
    }
}
