package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.raftboot.agent.AgentHost;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.netty.wire.TransportLoop;
import io.raftboot.transport.proto.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection seen by a thread that may wait: the snapshot channel. Frames that arrive are kept until that thread takes them; when
 * a few wait, the connection is not read any more, and the sender feels it.
 */
public final class FrameInbox extends ChannelInboundHandlerAdapter {
    private static final int STOP_READING_AT = 8;
    private static final int READ_AGAIN_AT = 2;

    /** Stands for the end in the queue; compared by identity. */
    private static final Frame END = Frame.newBuilder().build();

    private final Channel channel;
    private final AgentHost host;

    private @Nullable ChannelFuture lastWrite;
    private volatile String endedBy = "the connection broke";

    // Guarded by this.
    private final Queue<Frame> frames = new ArrayDeque<>();

    /** Done as long as there are frames. */
    private CompletableFuture<Void> arrival = new CompletableFuture<>();

    /** @param host has the thread wait */
    FrameInbox(Channel channel, AgentHost host) {
        this.channel = channel;
        this.host = host;
        // Where the event loop ends, its channels are closed, but what they have to tell their handlers may come to
        // nobody.
        channel.closeFuture().addListener(closed -> put(END));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        if (frame.hasRefusal()) {
            endedBy = frame.getRefusal().getMessage();
            ChannelActions.close(ctx);
            return;
        }
        if (put(frame) >= STOP_READING_AT) {
            channel.config().setAutoRead(false);
        }
    }

    /** Returns how many there are now. */
    private synchronized int put(Frame frame) {
        frames.add(frame);
        arrival.complete(null);
        return frames.size();
    }

    private synchronized CompletableFuture<Void> arrival() {
        return arrival;
    }

    private synchronized @Nullable Frame poll() {
        Frame frame = frames.poll();
        if (frame != null && frames.isEmpty()) {
            arrival = new CompletableFuture<>();
        }
        return frame;
    }

    private synchronized int size() {
        return frames.size();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TransportLoop.caught(ctx, cause);
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        endedBy = String.valueOf(reason.getMessage());
        ChannelActions.close(ctx);
    }

    /** Waits for the next frame; {@link TransferBroken} if the connection ends or the time is over. */
    public Frame take(Duration timeout) throws TransferBroken, InterruptedException {
        boolean arrived = host.awaitDone(arrival(), timeout);
        Frame frame = arrived ? poll() : null;
        if (frame == null) {
            throw new TransferBroken("the other side sent nothing for " + timeout);
        }
        if (isEnd(frame)) {
            put(END); // for whoever asks again
            throw new TransferBroken(endedBy);
        }
        if (size() <= READ_AGAIN_AT && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
        return frame;
    }

    /** Whether nothing has arrived that was not taken, and the connection has not ended. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Sends a frame, after the one before has been taken by the socket: so at most two are on their way. */
    public void send(Frame frame, Duration timeout) throws TransferBroken, InterruptedException {
        ChannelFuture before = lastWrite;
        lastWrite = channel.writeAndFlush(Frames.encode(channel.alloc(), frame));
        if (before == null) {
            return;
        }
        if (!host.awaitDone(ChannelActions.outcome(before), timeout)) {
            throw new TransferBroken("the other side took nothing for " + timeout);
        }
        if (!before.isSuccess()) {
            throw new TransferBroken(
                    channel.isActive() ? String.valueOf(before.cause().getMessage()) : endedBy);
        }
    }

    /** Waits until the other side has closed the connection, and drops what it still sends. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        long endNanos = host.clock().nanoTime() + timeout.toNanos();
        boolean ended = false;
        while (!ended) {
            try {
                take(Duration.ofNanos(Math.max(0, endNanos - host.clock().nanoTime())));
            } catch (TransferBroken e) {
                ended = true;
            }
        }
    }

    public void close() {
        ChannelActions.close(channel);
    }

    @SuppressWarnings("ReferenceEquality") // an empty frame from the other side is not the end
    private static boolean isEnd(Frame frame) {
        return frame == END;
    }
}
