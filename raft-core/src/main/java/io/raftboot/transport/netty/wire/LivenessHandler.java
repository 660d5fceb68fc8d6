package io.raftboot.transport.netty.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Liveness;
import org.jspecify.annotations.Nullable;

/** Sends and answers pings on one connection, and notes when something arrived. Event loop only. */
public final class LivenessHandler extends ChannelInboundHandlerAdapter {
    enum Side {
        DIALLED,
        ACCEPTED
    }

    private final LivenessMonitor monitor;
    private final Side side;
    private final long idleTimeoutNanos;
    private @Nullable ChannelHandlerContext context;
    private long lastReadNanos;

    LivenessHandler(LivenessMonitor monitor, Side side, long idleTimeoutNanos) {
        this.monitor = monitor;
        this.side = side;
        this.idleTimeoutNanos = idleTimeoutNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        lastReadNanos = monitor.nanoTime();
        monitor.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        monitor.remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        if (frame.getLiveness() == Liveness.LIVENESS_UNSPECIFIED) {
            ctx.fireChannelRead(frame);
        } else if (frame.getLiveness() == Liveness.LIVENESS_PING) {
            send(ctx, Frames.PONG);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        lastReadNanos = monitor.nanoTime();
        ctx.fireChannelReadComplete();
    }

    /** When something arrived last. */
    public long lastReadNanos() {
        return lastReadNanos;
    }

    /** Asks the other side for a sign of life. */
    public void ping() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            send(ctx, Frames.PING);
        }
    }

    public void alive(long nowNanos) {
        lastReadNanos = nowNanos;
    }

    void check(long nowNanos) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        // Whoever does not read for now, because its disk is slow, can't tell whether the other side is there.
        boolean reading = ctx.channel().config().isAutoRead();
        if (reading && nowNanos - lastReadNanos > idleTimeoutNanos) {
            monitor.log()
                    .info(
                            "nothing arrived on {} for {} ms: closing it",
                            ctx.channel(),
                            (nowNanos - lastReadNanos) / 1_000_000);
            ChannelActions.close(ctx);
        } else if (side == Side.DIALLED) {
            send(ctx, Frames.PING);
        }
    }

    private static void send(ChannelHandlerContext ctx, Frame frame) {
        // A queue that is full says by itself that there is life or will be closed: no more onto it.
        if (ctx.channel().isWritable()) {
            ChannelActions.writeAndFlush(ctx, Frames.encode(ctx.alloc(), frame));
        }
    }
}
