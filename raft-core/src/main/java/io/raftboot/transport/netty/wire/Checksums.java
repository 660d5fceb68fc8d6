package io.raftboot.transport.netty.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;

/**
 * Gives each frame that leaves its checksums, so that what TCP's own checksum misses ends the connection instead of coming to
 * the member as something else. Event loop only.
 */
public final class Checksums extends ChannelOutboundHandlerAdapter {
    private Checksums() {}

    /** From here on, in both directions: called after the last frame without checksums was read, and the last was written. */
    public static void begin(ChannelPipeline pipeline) {
        pipeline.get(FrameDecoder.class).expectChecksums();
        if (pipeline.get(Checksums.class) == null) {
            // Next to the decoder, so that the frames of all handlers pass here.
            pipeline.addBefore(pipeline.context(FrameDecoder.class).name(), null, new Checksums());
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The promise is that of whoever writes.
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf frame = (ByteBuf) message;
        try {
            Frames.addChecksums(frame);
        } catch (RuntimeException e) {
            frame.release();
            throw e;
        }
        ctx.write(frame, promise);
    }
}
