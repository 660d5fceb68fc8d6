package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.netty.wire.Checksums;
import io.raftboot.transport.netty.wire.FrameDecoder;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.netty.wire.PeerTraffic;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Request;
import io.raftboot.transport.proto.Response;

/** Has what members say to each other become frames and bytes, and frames again, by the code that does so on connections. */
public final class WireTrip {
    private final EmbeddedChannel sender = new EmbeddedChannel(new FrameDecoder());
    private final FrameDecoder decoder = new FrameDecoder();
    private final EmbeddedChannel receiver = new EmbeddedChannel(decoder);
    private final SendQueue queue =
            new SendQueue(sender, 0, TransportOptions.defaults(), id -> true, new PeerTraffic());
    private long requests;

    public WireTrip() {
        decoder.accept(TransportOptions.defaults().maxFrameBytes());
        receiver.writeInbound(Frames.preface(receiver.alloc()));
        Checksums.begin(sender.pipeline());
        Checksums.begin(receiver.pipeline());
    }

    public Message message(Message message) {
        return frame(message).getMessages(0);
    }

    public ByteString question(ByteString payload) {
        var request = Request.newBuilder().setId(++requests).setPayload(payload).build();
        return frame(request).getRequests(0).getPayload();
    }

    public ByteString answer(ByteString payload) {
        var response = Response.newBuilder().setId(requests).setPayload(payload).build();
        return frame(response).getResponses(0).getPayload();
    }

    private Frame frame(MessageLite item) {
        if (!queue.offer(item)) {
            throw new IllegalStateException("does not fit into a frame: " + item.getSerializedSize() + " bytes");
        }
        queue.flush();
        ByteBuf bytes = sender.readOutbound();
        receiver.writeInbound(bytes);
        Frame frame = receiver.readInbound();
        if (frame == null) {
            throw new IllegalStateException("what was written as a frame is none");
        }
        return frame;
    }
}
