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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** What arrives on a connection, from its first byte on: in frames without checksums, or with them. */
public final class FrameTarget implements FuzzTarget {
    private static final int FULL_FRAME_BYTES = 64 * 1024;

    /** The smallest message takes two bytes, and an object of some 150 with its place in a list. */
    private static final int OBJECTS_TO_BYTES = 160;

    private static final int FIXED_BYTES = 32 * 1024;

    /** One in so many lengths that can't be is left as it is, with a checksum that is right. */
    private static final int ONE_LENGTH_LEFT_IN = 4;

    private final ChannelHandlerContext context =
            new EmbeddedChannel(new ChannelInboundHandlerAdapter()).pipeline().firstContext();

    private final boolean hasChecksums;

    private FrameTarget(boolean hasChecksums) {
        this.hasChecksums = hasChecksums;
    }

    public static FrameTarget withoutChecksums() {
        return new FrameTarget(false);
    }

    public static FrameTarget withChecksums() {
        return new FrameTarget(true);
    }

    @Override
    public String name() {
        return hasChecksums ? "checked-frame" : "frame";
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

    private byte[] connection(Frame... frames) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(Frames.PREFACE);
        for (Frame frame : frames) {
            all.writeBytes(encoded(frame));
        }
        return all.toByteArray();
    }

    private byte[] encoded(Frame frame) {
        ByteBuf buffer = Frames.encode(UnpooledByteBufAllocator.DEFAULT, frame);
        try {
            if (hasChecksums) {
                Frames.addChecksums(buffer);
            }
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            return bytes;
        } finally {
            buffer.release();
        }
    }

    @Override
    public List<Frame> decode(byte[] input) throws Exception {
        var decoder = decoder();
        if (input.length % 2 == 0) {
            decoder.accept(FULL_FRAME_BYTES);
        }
        var frames = decode(decoder, Unpooled.wrappedBuffer(input));
        if (hasChecksums && frames.size() != intactFrames(input)) {
            throw new IllegalStateException("it takes frames whose checksums are wrong, or leaves others out");
        }
        return frames;
    }

    private FrameDecoder decoder() {
        var decoder = new FrameDecoder();
        if (hasChecksums) {
            decoder.expectChecksums();
        }
        return decoder;
    }

    /** How many whole frames with right checksums there are before anything else. */
    private static int intactFrames(byte[] bytes) {
        var input = ByteBuffer.wrap(bytes);
        int frames = 0;
        int at = Frames.PREFACE.length;
        while (at + Frames.CHECKED_HEAD_BYTES <= input.limit()) {
            int length = input.getInt(at);
            int content = at + Frames.CHECKED_HEAD_BYTES;
            if (length < 0
                    || length > input.limit() - content
                    || input.getInt(content - Integer.BYTES) != checksum(bytes, at, 2 * Integer.BYTES)
                    || input.getInt(at + Frames.LENGTH_BYTES) != checksum(bytes, content, length)) {
                return frames;
            }
            frames++;
            at = content + length;
        }
        return frames;
    }

    private static int checksum(byte[] bytes, int index, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes, index, length);
        return (int) checksum.getValue();
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
        var decoder = decoder();
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

    @Override
    public byte[] repair(byte[] input) {
        return hasChecksums ? withRightChecksums(input) : withLengthOfWhatIsThere(input);
    }

    /** Of all frames; a length that can't be becomes that of what is there. */
    private static byte[] withRightChecksums(byte[] bytes) {
        var input = ByteBuffer.wrap(bytes);
        System.arraycopy(Frames.PREFACE, 0, bytes, 0, Math.min(Frames.PREFACE.length, bytes.length));
        int at = Frames.PREFACE.length;
        while (at + Frames.CHECKED_HEAD_BYTES <= bytes.length) {
            int content = at + Frames.CHECKED_HEAD_BYTES;
            int rest = bytes.length - content;
            int length = input.getInt(at);
            boolean possible = length > 0 && length <= rest;
            if (!possible && bytes.length % ONE_LENGTH_LEFT_IN != 0) {
                input.putInt(at, rest);
            }
            int covered = possible ? length : rest;
            input.putInt(at + Frames.LENGTH_BYTES, checksum(bytes, content, covered));
            input.putInt(content - Integer.BYTES, checksum(bytes, at, 2 * Integer.BYTES));
            at = content + covered;
        }
        return bytes;
    }

    private static byte[] withLengthOfWhatIsThere(byte[] input) {
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
