package io.raftboot.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for a stranger's introduction, checks it, answers with this member's own or with a refusal. */
final class AcceptingHandshake extends ChannelInboundHandlerAdapter {
    private final Acceptor acceptor;
    private @Nullable ScheduledFuture<?> timeout;
    private boolean counted;

    AcceptingHandshake(Acceptor acceptor) {
        this.acceptor = acceptor;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!acceptor.mayIntroduce()) {
            ChannelActions.close(ctx);
            return;
        }
        counted = true;
        timeout = ctx.executor()
                .schedule(
                        () -> drop(ctx, "did not introduce itself in time"),
                        acceptor.options().handshakeTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (counted) {
            counted = false;
            acceptor.introduced();
        }
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        if (!frame.hasHello()) {
            drop(ctx, "did not introduce itself first");
            return;
        }
        Hello hello = frame.getHello();
        Refusal refusal = acceptor.check(hello);
        if (refusal != null) {
            refuse(ctx, hello, refusal);
            return;
        }
        // First the new handler, which knows whether there is room, then the answer, then what follows.
        ChannelHandler handler = acceptor.accepted(ctx.channel(), hello);
        if (handler == null) {
            refuse(
                    ctx,
                    hello,
                    Introductions.refusal(
                            RefusalReason.REFUSAL_REASON_OVERLOADED, "too many connections, try again later"));
            return;
        }
        ctx.pipeline().get(FrameDecoder.class).accept(acceptor.options().maxFrameBytes());
        Frame answer =
                Frame.newBuilder().setHello(acceptor.hello(hello.getPurpose())).build();
        ChannelActions.write(ctx, Frames.preface(ctx.alloc()));
        ChannelActions.writeAndFlush(ctx, Frames.encode(ctx.alloc(), answer));
        ctx.pipeline().addLast(acceptor.watch(hello.getPurpose()), handler);
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException && cause.getCause() != null) {
            drop(ctx, String.valueOf(cause.getCause().getMessage()));
        } else {
            ChannelActions.close(ctx); // a broken connection of somebody unknown
        }
    }

    private void refuse(ChannelHandlerContext ctx, Hello hello, Refusal refusal) {
        acceptor.notices()
                .warnOnce("member " + hello.getNodeId(), "at " + host(ctx) + " was refused: " + refusal.getMessage());
        Frame answer = Frame.newBuilder().setRefusal(refusal).build();
        ChannelActions.write(ctx, Frames.preface(ctx.alloc()));
        ChannelActions.writeLast(ctx.channel(), answer);
    }

    /** Whoever does not even speak the protocol gets no answer. */
    private void drop(ChannelHandlerContext ctx, String what) {
        acceptor.notices().warnOnce("connection from " + host(ctx), what + "; closed it");
        ChannelActions.close(ctx);
    }

    /** Without the port, which is another one at each attempt. */
    private static String host(ChannelHandlerContext ctx) {
        SocketAddress remote = ctx.channel().remoteAddress();
        return remote instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(remote);
    }
}
