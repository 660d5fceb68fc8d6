package io.raftboot.transport.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.raftboot.transport.netty.wire.ChannelActions;

/** Ends a connection that sends more than a handshake takes before it has come to anything. First on the connection. Event loop only. */
final class ByteLimit extends ChannelInboundHandlerAdapter {
    /**
     * What may come before both sides have introduced themselves: chains of certificates are a few thousand bytes long, and with the last
     * word of the introductions as much of what follows may be read as is read at a time, 64 kB.
     */
    static final int MAX_BYTES = 128 * 1024;

    private final Runnable onExcess;
    private long bytes;

    ByteLimit(Runnable onExcess) {
        this.onExcess = onExcess;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        boolean within = bytes <= MAX_BYTES;
        bytes += read.readableBytes();
        if (bytes <= MAX_BYTES) {
            ctx.fireChannelRead(read);
            return;
        }
        read.release();
        if (within) {
            onExcess.run();
            ChannelActions.close(ctx);
        }
    }
}
