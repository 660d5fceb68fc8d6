package io.raftboot.transport.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.raftboot.transport.netty.handshake.DialFailure;
import io.raftboot.transport.netty.wire.NoticeLog;
import io.raftboot.transport.netty.wire.TransportLoop;

/** Last on the channel that listens: says why connections can't be accepted, as where a process has no descriptors left. */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private final NoticeLog notices;

    AcceptFailures(NoticeLog notices) {
        this.notices = notices;
    }

    /** Netty tries again after a second, as long as it takes. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TransportLoop.caught(ctx, cause);
        notices.warnOnce("connections can't be accepted:", DialFailure.text(cause));
    }
}
