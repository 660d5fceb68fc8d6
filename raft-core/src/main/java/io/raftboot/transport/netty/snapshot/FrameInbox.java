package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.raftboot.agent.Deadline;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.netty.wire.TransportLoop;
import io.raftboot.transport.proto.Frame;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private @Nullable ChannelFuture lastWrite;
    private volatile String endedBy = "the connection broke";

    FrameInbox(Channel channel) {
        this.channel = channel;
        // Where the event loop ends, its channels are closed, but what they have to tell their handlers may come to
        // nobody.
        channel.closeFuture().addListener(closed -> frames.add(END));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Frame frame = (Frame) message;
        if (frame.hasRefusal()) {
            endedBy = frame.getRefusal().getMessage();
            ChannelActions.close(ctx);
            return;
        }
        frames.add(frame);
        if (frames.size() >= STOP_READING_AT) {
            channel.config().setAutoRead(false);
        }
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
        Frame frame = frames.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (frame == null) {
            throw new TransferBroken("the other side sent nothing for " + timeout);
        }
        if (isEnd(frame)) {
            frames.add(END); // for whoever asks again
            throw new TransferBroken(endedBy);
        }
        if (frames.size() <= READ_AGAIN_AT && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
        return frame;
    }

    /** Whether nothing has arrived that was not taken, and the connection has not ended. */
    public boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Sends a frame, after the one before has been taken by the socket: so at most two are on their way. */
    public void send(Frame frame, Duration timeout) throws TransferBroken, InterruptedException {
        ChannelFuture before = lastWrite;
        lastWrite = channel.writeAndFlush(Frames.encode(channel.alloc(), frame));
        if (before == null) {
            return;
        }
        if (!before.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TransferBroken("the other side took nothing for " + timeout);
        }
        if (!before.isSuccess()) {
            throw new TransferBroken(
                    channel.isActive() ? String.valueOf(before.cause().getMessage()) : endedBy);
        }
    }

    /** Waits until the other side has closed the connection, and drops what it still sends. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        var deadline = Deadline.after(timeout);
        boolean ended = false;
        while (!ended && !deadline.isOver()) {
            try {
                take(deadline.left());
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
