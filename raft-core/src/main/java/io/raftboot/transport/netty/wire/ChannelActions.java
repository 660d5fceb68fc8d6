package io.raftboot.transport.netty.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundInvoker;
import io.raftboot.transport.proto.Frame;

/**
 * What is done to a channel without waiting for its outcome: a write that fails reaches {@code exceptionCaught} through the void
 * promise, and a close can't fail.
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class ChannelActions {
    private ChannelActions() {}

    public static void close(ChannelOutboundInvoker channel) {
        channel.close();
    }

    public static void write(ChannelOutboundInvoker channel, ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    public static void writeAndFlush(ChannelOutboundInvoker channel, ByteBuf bytes) {
        channel.writeAndFlush(bytes, channel.voidPromise());
    }

    /** Writes as far as the socket takes it without waiting, and closes. */
    public static void writeLast(Channel channel, Frame frame) {
        channel.writeAndFlush(Frames.encode(channel.alloc(), frame));
        channel.close();
    }
}
