package io.raftboot.transport.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.function.Supplier;

/** Waits for the first byte of a connection that may be either, and gives way to TLS or to nothing. Event loop only. */
final class TlsOrPlain extends ByteToMessageDecoder {
    /** First byte of the first record of TLS, which no preface begins with. */
    private static final byte HANDSHAKE_RECORD = 22;

    private final Supplier<SslHandler> tls;

    TlsOrPlain(Supplier<SslHandler> tls) {
        this.tls = tls;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.getByte(in.readerIndex()) == HANDSHAKE_RECORD) {
            ctx.pipeline().addAfter(ctx.name(), null, tls.get());
        }
        // What was read goes on to whoever is next now.
        ctx.pipeline().remove(this);
    }
}
