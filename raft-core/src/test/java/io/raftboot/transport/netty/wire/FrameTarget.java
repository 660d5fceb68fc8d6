package io.raftboot.transport.netty.wire;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.proto.Confirmation;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.Request;
import io.raftboot.transport.proto.Response;
import io.raftboot.transport.proto.SnapshotChunk;
import io.raftboot.transport.proto.SnapshotOffer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** What arrives on a connection, from its first byte on. */
public final class FrameTarget implements FuzzTarget {
    private static final int FULL_FRAME_BYTES = 64 * 1024;

    /** The smallest message takes two bytes, and an object of some 150 with its place in a list. */
    private static final int OBJECTS_TO_BYTES = 160;

    private static final int FIXED_BYTES = 32 * 1024;

    private final ChannelHandlerContext context =
            new EmbeddedChannel(new ChannelInboundHandlerAdapter()).pipeline().firstContext();

    @Override
    public String name() {
        return "frame";
    }

    @Override
    public List<byte[]> seeds() {
        var append = Message.newBuilder()
                .setType(MessageType.MSG_APP)
                .setTo(2)
                .setFrom(1)
                .setTerm(5)
                .setLogTerm(5)
                .setIndex(40)
                .setCommit(39)
                .addEntries(Entry.newBuilder().setTerm(5).setIndex(41).setData(ByteString.copyFromUtf8("a command")))
                .addEntries(Entry.newBuilder().setTerm(5).setIndex(42));
        var request = Request.newBuilder().setId(7).setPayload(ByteString.copyFromUtf8("what?"));
        var response = Response.newBuilder().setId(7).setPayload(ByteString.copyFromUtf8("that"));
        return List.of(
                connection(Frame.newBuilder().addMessages(append).build()),
                connection(
                        Frame.newBuilder().addRequests(request).setGroup(1).build(),
                        Frame.newBuilder().addResponses(response).build()),
                connection(Frames.PING, Frames.PONG),
                connection(Frame.newBuilder()
                        .setConfirmation(Confirmation.newBuilder().setAnswer(ByteString.copyFrom(new byte[16])))
                        .build()),
                connection(Frame.newBuilder()
                        .setRefusal(Refusal.newBuilder().setMessage("no"))
                        .build()),
                connection(
                        Frame.newBuilder()
                                .setSnapshotOffer(SnapshotOffer.getDefaultInstance())
                                .build(),
                        Frame.newBuilder()
                                .setSnapshotChunk(SnapshotChunk.getDefaultInstance())
                                .build()));
    }

    private static byte[] connection(Frame... frames) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(Frames.PREFACE);
        for (Frame frame : frames) {
            all.writeBytes(encoded(frame));
        }
        return all.toByteArray();
    }

    private static byte[] encoded(Frame frame) {
        ByteBuf buffer = Frames.encode(UnpooledByteBufAllocator.DEFAULT, frame);
        try {
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            return bytes;
        } finally {
            buffer.release();
        }
    }

    @Override
    public List<Frame> decode(byte[] input) throws Exception {
        var decoder = new FrameDecoder();
        if (input.length % 2 == 0) {
            decoder.accept(FULL_FRAME_BYTES);
        }
        return decode(decoder, Unpooled.wrappedBuffer(input));
    }

    private List<Frame> decode(FrameDecoder decoder, ByteBuf in) throws Exception {
        var out = new ArrayList<Object>();
        int before;
        do {
            before = in.readableBytes();
            decoder.decode(context, in, out);
        } while (in.readableBytes() < before);
        return out.stream().map(Frame.class::cast).toList();
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof ProtocolViolation;
    }

    @Override
    @SuppressWarnings("unchecked") // It is what decode returned.
    public void check(Object decoded) throws Exception {
        // One in which nothing is said takes no bytes, and is never sent.
        var frames = ((List<Frame>) decoded)
                .stream().filter(frame -> frame.getSerializedSize() > 0).toList();
        var decoder = new FrameDecoder();
        decoder.accept(Integer.MAX_VALUE);
        if (!decode(decoder, Unpooled.wrappedBuffer(connection(frames.toArray(Frame[]::new))))
                .equals(frames)) {
            throw new IllegalStateException("the frames come back as others: " + frames);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // It is what decode returned.
    public String describe(Object decoded) {
        var text = new StringBuilder();
        ((List<Frame>) decoded).stream().limit(3).forEach(frame -> frame.getAllFields()
                .keySet()
                .forEach(field -> text.append(field.getNumber()).append(' ')));
        return text.toString();
    }

    /** Makes the length of the first frame that of what is there. */
    @Override
    public byte[] repair(byte[] input) {
        int head = Frames.PREFACE.length;
        if (input.length > head + Frames.LENGTH_BYTES) {
            System.arraycopy(Frames.PREFACE, 0, input, 0, head);
            int length = input.length - head - Frames.LENGTH_BYTES;
            for (int i = 0; i < Frames.LENGTH_BYTES; i++) {
                input[head + i] = (byte) (length >>> (Byte.SIZE * (Frames.LENGTH_BYTES - 1 - i)));
            }
        }
        return input;
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
