package io.raftboot.transport.netty.wire;

import com.google.protobuf.CodedInputStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.raftboot.transport.proto.Frame;
import java.io.IOException;
import java.util.List;

/**
 * Cuts what arrives into frames and parses them, straight from the buffer they were received in. Throws {@link
 * ProtocolViolation} at the first byte that can't be a member's, and takes no more from then on.
 *
 * <p>Nothing is reserved because a length says so: the buffer grows with what really arrives.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
    private int maxFrameBytes = Frames.MAX_HANDSHAKE_FRAME_BYTES;
    private boolean prefaceSeen;
    private boolean violated;
    private int headBytes = Frames.LENGTH_BYTES;
    private int frameBytes;

    /** After the introductions: frames of full size are welcome. */
    public void accept(int newMaxFrameBytes) {
        maxFrameBytes = newMaxFrameBytes;
    }

    /** Of the frame that the handler behind this one is being given, without its checksum. */
    public int frameBytes() {
        return frameBytes;
    }

    /** From the next frame on; none is cut from the bytes before the handler has seen the one in front of it. */
    void expectChecksums() {
        headBytes = Frames.CHECKED_HEAD_BYTES;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws ProtocolViolation {
        if (violated) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            if (prefaceSeen || readPreface(in)) {
                readFrame(in, out);
            }
        } catch (ProtocolViolation | RuntimeException e) {
            violated = true;
            in.skipBytes(in.readableBytes());
            throw e;
        }
    }

    /** Compares as far as bytes are there, so that a stranger need not send four of them to be found out. */
    private boolean readPreface(ByteBuf in) throws ProtocolViolation {
        int available = Math.min(in.readableBytes(), Frames.PREFACE.length);
        int version = Frames.PREFACE.length - 1;
        for (int i = 0; i < available; i++) {
            byte found = in.getByte(in.readerIndex() + i);
            if (found != Frames.PREFACE[i]) {
                throw new ProtocolViolation(
                        i == version
                                ? "speaks version " + found + " of the protocol, this member version "
                                        + Frames.PREFACE[version] + ": run the same release on all members"
                                : "does not speak this protocol: is the port meant for something else?");
            }
        }
        if (available < Frames.PREFACE.length) {
            return false;
        }
        in.skipBytes(available);
        prefaceSeen = true;
        return true;
    }

    private void readFrame(ByteBuf in, List<Object> out) throws ProtocolViolation {
        if (in.readableBytes() < headBytes) {
            return;
        }
        int head = in.readerIndex();
        checkHead(in, head);
        int length = in.getInt(head);
        if (length <= 0 || length > maxFrameBytes) {
            throw new ProtocolViolation("sent a frame of " + Integer.toUnsignedString(length) + " bytes where 1 to "
                    + maxFrameBytes + " are allowed");
        }
        if (in.readableBytes() - headBytes < length) {
            return;
        }
        in.skipBytes(headBytes);
        if (hasChecksums() && Frames.checksum(in, in.readerIndex(), length) != in.getInt(head + Frames.LENGTH_BYTES)) {
            throw damaged();
        }
        // Copies the bytes fields out: what is kept must not keep the receive buffer.
        try {
            out.add(Frame.parseFrom(CodedInputStream.newInstance(in.nioBuffer(in.readerIndex(), length))));
        } catch (IOException e) {
            throw new ProtocolViolation("sent a frame that can't be parsed", e);
        }
        in.skipBytes(length);
        frameBytes = Frames.LENGTH_BYTES + length;
    }

    private boolean hasChecksums() {
        return headBytes != Frames.LENGTH_BYTES;
    }

    /** Looked at before the rest is there: a length that grew on its way would have this side wait for what never comes. */
    private void checkHead(ByteBuf in, int head) throws ProtocolViolation {
        int checked = Frames.CHECKED_HEAD_BYTES - Integer.BYTES;
        if (hasChecksums() && Frames.checksum(in, head, checked) != in.getInt(head + checked)) {
            throw damaged();
        }
    }

    private static ProtocolViolation damaged() {
        return new ProtocolViolation("sent a frame that was damaged on its way");
    }
}
