package io.raftboot.transport.netty.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.proto.Frame;
import org.junit.jupiter.api.Test;

/** Frames with checksums, damaged on their way or not. */
class ChecksumsTests {
    private static final int MAX_FRAME_BYTES = 100_000;
    private static final Frame APPEND = Frame.newBuilder()
            .addMessages(Message.newBuilder()
                    .setType(MessageType.MSG_APP)
                    .setTo(2)
                    .setFrom(1)
                    .setTerm(5)
                    .setIndex(40)
                    .addEntries(Entry.newBuilder().setTerm(5).setIndex(41).setData(ByteString.copyFromUtf8("command"))))
            .build();

    private static EmbeddedChannel channel() {
        var decoder = new FrameDecoder();
        var channel = new EmbeddedChannel(decoder);
        channel.writeInbound(Frames.preface(channel.alloc()));
        decoder.accept(MAX_FRAME_BYTES);
        Checksums.begin(channel.pipeline());
        return channel;
    }

    private static byte[] sent(Frame... frames) {
        var channel = channel();
        var all = Unpooled.buffer();
        for (var frame : frames) {
            channel.writeOutbound(Frames.encode(channel.alloc(), frame));
            ByteBuf bytes = channel.readOutbound();
            all.writeBytes(bytes);
            bytes.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private static Frame ofDataOf(int bytes) {
        var entry = Entry.newBuilder().setData(ByteString.copyFrom(new byte[bytes]));
        return Frame.newBuilder()
                .addMessages(Message.newBuilder().addEntries(entry))
                .build();
    }

    @Test
    void framesComeAsTheyWereSentInPiecesOfAnySize() {
        byte[] bytes = sent(APPEND, Frames.PING, ofDataOf(500));
        for (int piece : new int[] {1, 7, 13, bytes.length}) {
            var channel = channel();
            for (int at = 0; at < bytes.length; at += piece) {
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
            }
            assertThat(channel.<Frame>readInbound()).isEqualTo(APPEND);
            assertThat(channel.<Frame>readInbound()).isEqualTo(Frames.PING);
            assertThat(channel.<Frame>readInbound()).isEqualTo(ofDataOf(500));
            assertThat(channel.<Frame>readInbound()).isNull();
        }
    }

    /** Nor waits the receiver for more bytes: it would for ever, if what was turned is the length. */
    @Test
    void frameWithAnyBitTurnedIsRefusedAtOnce() {
        byte[] bytes = sent(APPEND);
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            var channel = channel();
            assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(damaged)))
                    .as("bit %s", bit)
                    .isInstanceOf(DecoderException.class)
                    .hasCauseInstanceOf(ProtocolViolation.class)
                    .hasMessageContaining("sent a frame that was damaged on its way");
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
            assertThat(channel.<Frame>readInbound()).isNull();
        }
    }

    @Test
    void largestFrameIsTheSameWithChecksums() {
        int overhead = ofDataOf(MAX_FRAME_BYTES - 100).getSerializedSize() - (MAX_FRAME_BYTES - 100);
        var largest = ofDataOf(MAX_FRAME_BYTES - overhead);
        assertThat(largest.getSerializedSize()).isEqualTo(MAX_FRAME_BYTES);
        var channel = channel();
        channel.writeInbound(Unpooled.wrappedBuffer(sent(largest)));
        assertThat(channel.<Frame>readInbound()).isEqualTo(largest);

        byte[] larger = sent(ofDataOf(MAX_FRAME_BYTES - overhead + 1));
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(larger)))
                .hasMessageContaining("sent a frame of " + (MAX_FRAME_BYTES + 1) + " bytes");
    }

    @Test
    void whatIsNotOneWholeFrameIsNotWritten() {
        var channel = channel();
        ByteBuf preface = Frames.preface(channel.alloc());
        assertThatThrownBy(() -> channel.writeOutbound(preface))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not one whole frame");
        assertThat(preface.refCnt()).isZero();

        ByteBuf twice = Frames.encode(channel.alloc(), APPEND);
        twice.writeInt(1);
        assertThatThrownBy(() -> channel.writeOutbound(twice)).isInstanceOf(IllegalArgumentException.class);
    }
}
