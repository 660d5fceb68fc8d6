package io.raftboot.transport.netty.wire;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Liveness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/** The framing: how a connection begins, and how frames become bytes. */
public final class Frames {
    /** What a connection begins with, in both directions; the last byte is the version of the framing. */
    static final byte[] PREFACE = {'R', 'B', 'T', 1};

    /** Bytes before each frame: its length. */
    static final int LENGTH_BYTES = Integer.BYTES;

    /** Bytes before each frame where checksums are used: its length, the checksum of the frame, the checksum of these two. */
    static final int CHECKED_HEAD_BYTES = 3 * Integer.BYTES;

    /** What is left free before each frame, so that it becomes one with checksums without being copied. */
    private static final int HEADROOM_BYTES = CHECKED_HEAD_BYTES - LENGTH_BYTES;

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

    /** Encodes straight into the buffer that goes to the socket. It holds this one frame, without checksums. */
    public static ByteBuf encode(ByteBufAllocator allocator, int bytes, Content content) {
        ByteBuf buffer = allocator.directBuffer(CHECKED_HEAD_BYTES + bytes);
        try {
            buffer.setIndex(HEADROOM_BYTES, HEADROOM_BYTES).writeInt(bytes);
            CodedOutputStream output = CodedOutputStream.newInstance(buffer.nioBuffer(CHECKED_HEAD_BYTES, bytes));
            content.writeTo(output);
            output.flush();
            output.checkNoSpaceLeft();
            buffer.writerIndex(CHECKED_HEAD_BYTES + bytes);
        } catch (IOException e) {
            buffer.release();
            throw new UncheckedIOException("can't happen: the size was computed before", e);
        } catch (RuntimeException e) {
            buffer.release();
            throw e;
        }
        return buffer;
    }

    /**
     * Makes of a buffer that {@link #encode} has returned one that holds the same frame with checksums.
     *
     * @throws IllegalArgumentException if the buffer holds anything else than one whole frame without checksums
     */
    static void addChecksums(ByteBuf frame) {
        int readable = frame.readableBytes();
        if (frame.readerIndex() != HEADROOM_BYTES
                || readable <= LENGTH_BYTES
                || frame.getInt(HEADROOM_BYTES) != readable - LENGTH_BYTES) {
            throw new IllegalArgumentException("what is written is not one whole frame: " + frame);
        }
        int length = readable - LENGTH_BYTES;
        frame.readerIndex(0);
        frame.setInt(0, length);
        frame.setInt(LENGTH_BYTES, checksum(frame, CHECKED_HEAD_BYTES, length));
        frame.setInt(HEADROOM_BYTES, checksum(frame, 0, HEADROOM_BYTES));
    }

    /** CRC-32C of a part of a buffer. */
    static int checksum(ByteBuf bytes, int index, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes.nioBuffer(index, length));
        return (int) checksum.getValue();
    }

    public interface Content {
        void writeTo(CodedOutputStream output) throws IOException;
    }
}
