package io.raftboot.transport.netty.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.util.concurrent.Future;
import io.raftboot.transport.proto.Frame;
import java.util.concurrent.CompletableFuture;

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

    /** What becomes of something that the event loop does, for somebody who waits for it elsewhere. */
    public static CompletableFuture<Void> outcome(Future<?> action) {
        var outcome = new CompletableFuture<Void>();
        if (action.isDone()) {
            tell(action, outcome); // by itself, as a loop that has ended tells nobody
        } else {
            action.addListener(done -> tell(done, outcome));
        }
        return outcome;
    }

    private static void tell(Future<?> action, CompletableFuture<Void> outcome) {
        if (action.isSuccess()) {
            outcome.complete(null);
        } else {
            outcome.completeExceptionally(action.cause());
        }
    }

    /** Writes as far as the socket takes it without waiting, and closes. */
    public static void writeLast(Channel channel, Frame frame) {
        channel.writeAndFlush(Frames.encode(channel.alloc(), frame));
        channel.close();
    }
}
