package io.raftboot.transport.netty.wire;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Liveness;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The framing: how a connection begins, and how frames become bytes. */
public final class Frames {
    /** What a connection begins with, in both directions; the last byte is the version of the framing. */
    static final byte[] PREFACE = {'R', 'B', 'T', 1};

    /** Bytes before each frame: its length. */
    static final int LENGTH_BYTES = Integer.BYTES;

    /** An introduction is small; until it has been accepted, nobody makes this member keep more than this. */
    public static final int MAX_HANDSHAKE_FRAME_BYTES = 4096;

    static final Frame PING =
            Frame.newBuilder().setLiveness(Liveness.LIVENESS_PING).build();
    static final Frame PONG =
            Frame.newBuilder().setLiveness(Liveness.LIVENESS_PONG).build();

    private Frames() {}

    public static ByteBuf preface(ByteBufAllocator allocator) {
        return allocator.buffer(PREFACE.length).writeBytes(PREFACE);
    }

    public static ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
        return encode(allocator, frame.getSerializedSize(), frame::writeTo);
    }

    /** Encodes straight into the buffer that goes to the socket. */
    public static ByteBuf encode(ByteBufAllocator allocator, int bytes, Content content) {
        ByteBuf buffer = allocator.directBuffer(LENGTH_BYTES + bytes);
        try {
            buffer.writeInt(bytes);
            CodedOutputStream output = CodedOutputStream.newInstance(buffer.nioBuffer(LENGTH_BYTES, bytes));
            content.writeTo(output);
            output.flush();
            output.checkNoSpaceLeft();
            buffer.writerIndex(LENGTH_BYTES + bytes);
        } catch (IOException e) {
            buffer.release();
            throw new UncheckedIOException("can't happen: the size was computed before", e);
        } catch (RuntimeException e) {
            buffer.release();
            throw e;
        }
        return buffer;
    }

    public interface Content {
        void writeTo(CodedOutputStream output) throws IOException;
    }
}
