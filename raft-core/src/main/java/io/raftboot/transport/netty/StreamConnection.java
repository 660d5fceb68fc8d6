package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.PeerMessages;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.handshake.FormerConnection;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.FrameDecoder;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.netty.wire.LivenessHandler;
import io.raftboot.transport.netty.wire.TransportLoop;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.Request;
import io.raftboot.transport.proto.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that both sides have accepted, carrying messages, requests and responses. This side's messages and requests go
 * out on the connection it dialled; on one it accepted it only answers, unless it has no other way.
 *
 * <p>Event loop only.
 */
final class StreamConnection extends ChannelInboundHandlerAdapter implements FormerConnection {
    private static final Logger log = LoggerFactory.getLogger(StreamConnection.class);

    /** Who opened the connection, or takes care of those that others opened. */
    interface Owner {
        /** The connection is gone; called once. {@code refusal}: the other side said why, and won't have it again soon. */
        void closed(StreamConnection connection, @Nullable Refusal refusal);
    }

    private final Channel channel;
    private final Meeting meeting;
    private final Endpoint endpoint;
    private final Owner owner;
    private final PendingRequests pending;
    private final List<GroupLane> lanes;
    private final @Nullable FrameDecoder decoder;
    private final long openedNanos;

    /** Messages that arrived in the present read, and were not yet handed over. */
    private List<Message> received = List.of();

    /** The group that these are for. */
    private @Nullable GroupLane receivedFor;

    private int unansweredRequests;
    private boolean carriedMessages;
    private @Nullable Refusal refusal;
    private boolean closed;

    StreamConnection(Channel channel, Meeting meeting, Endpoint endpoint, Owner owner) {
        this.channel = channel;
        this.meeting = meeting;
        this.endpoint = endpoint;
        this.owner = owner;
        this.pending = new PendingRequests(endpoint.eventLoop(), meeting.peerId(), endpoint::nextRequestId);
        this.lanes = meeting.groups().stream().map(this::lane).toList();
        this.decoder = channel.pipeline().get(FrameDecoder.class);
        this.openedNanos = endpoint.clock().nanoTime();
    }

    private GroupLane lane(ServedGroup served) {
        var traffic = served.group().traffic().of(meeting.peerId());
        return new GroupLane(
                served, new SendQueue(channel, served.number(), endpoint.options(), pending::leaves, traffic), traffic);
    }

    Meeting meeting() {
        return meeting;
    }

    long peerId() {
        return meeting.peerId();
    }

    Channel channel() {
        return channel;
    }

    long openedNanos() {
        return openedNanos;
    }

    /** The way of a group on this connection; null if it is not served here. */
    @Nullable
    GroupLane lane(OpenGroup group) {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i).served().group().equals(group)) {
                return lanes.get(i);
            }
        }
        return null;
    }

    void ask(GroupLane lane, ByteString payload, CompletableFuture<ByteString> answer, long timeoutNanos) {
        if (pending.size() >= endpoint.options().maxPendingRequests()) {
            answer.completeExceptionally(TransportException.notSent(
                    "too many requests wait for member " + peerId() + " already: " + pending.size()));
            return;
        }
        long id = pending.add(answer, timeoutNanos);
        Request request = Request.newBuilder().setId(id).setPayload(payload).build();
        if (!lane.queue().offer(request)) {
            pending.notQueued(id, "the queue for member " + peerId() + " is full, or the request is too large");
        }
    }

    void answer(GroupLane lane, Response response) {
        unansweredRequests--;
        if (!closed && !lane.queue().offer(response)) {
            // The asker sees a time-out, as after any loss.
            log.debug("dropped a response to member {}: its queue is full", peerId());
        }
    }

    /** Whether messages of this side left, or were to leave, on it. */
    boolean hasCarriedMessages() {
        return carriedMessages;
    }

    /** False if there is no room. */
    boolean offer(GroupLane lane, Message message) {
        carriedMessages = true;
        return lane.queue().offer(message);
    }

    /** Sends a frame of the transport's own. */
    void say(Frame frame) {
        ChannelActions.writeAndFlush(channel, Frames.encode(channel.alloc(), frame));
    }

    @Override
    public void probe(Consumer<Boolean> alive) {
        LivenessHandler liveness = channel.pipeline().get(LivenessHandler.class);
        if (liveness == null) {
            alive.accept(false);
            return;
        }
        long asked = endpoint.clock().nanoTime();
        liveness.ping();
        var unused = endpoint.eventLoop()
                .schedule(
                        () -> alive.accept(!closed && liveness.lastReadNanos() - asked > 0),
                        endpoint.options().handshakeTimeout().toNanos() / 2,
                        TimeUnit.NANOSECONDS);
    }

    /** Tells the other side why, and closes. */
    void refuse(Refusal reason) {
        Frame last = Frame.newBuilder().setRefusal(reason).build();
        ChannelActions.writeLast(channel, last);
    }

    void close() {
        ChannelActions.close(channel);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object object) {
        if (closed) {
            return;
        }
        Frame frame = (Frame) object;
        if (frame.hasRefusal()) {
            refusal = frame.getRefusal();
            ChannelActions.close(ctx);
            return;
        }
        GroupLane lane = numbered(frame.getGroup());
        if (lane == null) {
            endpoint.notices().warnOnce(subject(), "sent a frame for a group that was not agreed on; dropped it");
            return;
        }
        lane.traffic()
                .received(
                        frame.getMessagesCount() + frame.getRequestsCount() + frame.getResponsesCount(),
                        decoder == null ? 0 : decoder.frameBytes());
        if (frame.hasSnapshotInvitation()) {
            endpoint.invited(lane.served(), frame.getSnapshotInvitation().getTicket());
        }
        receive(lane, frame.getMessagesList());
        for (Request request : frame.getRequestsList()) {
            asked(lane, request);
        }
        for (Response response : frame.getResponsesList()) {
            pending.answered(response);
        }
    }

    private @Nullable GroupLane numbered(int number) {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i).served().number() == number) {
                return lanes.get(i);
            }
        }
        return null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!closed) {
            handOver();
        }
    }

    private void handOver() {
        GroupLane lane = receivedFor;
        if (lane != null && !received.isEmpty()) {
            List<Message> batch = received;
            received = List.of();
            endpoint.tell(lane.served().group(), listener -> listener.messages(peerId(), batch));
        }
    }

    private void receive(GroupLane lane, List<Message> messages) {
        if (!lane.equals(receivedFor)) {
            handOver();
            receivedFor = lane;
        }
        boolean allForUs = true;
        for (int i = 0; i < messages.size(); i++) {
            allForUs &= mayCome(messages.get(i));
        }
        if (allForUs && received.isEmpty()) {
            received = messages; // the usual case: one frame a read, no copy
            return;
        }
        List<Message> all = new ArrayList<>(received);
        for (Message message : messages) {
            if (mayCome(message)) {
                all.add(message);
            } else {
                endpoint.tell(lane.served().group(), listener -> listener.improper(peerId(), message));
            }
        }
        received = all;
    }

    private boolean mayCome(Message message) {
        return PeerMessages.mayCome(message, peerId(), endpoint.self().nodeId());
    }

    private void asked(GroupLane lane, Request request) {
        CompletableFuture<ByteString> response = new CompletableFuture<>();
        unansweredRequests++;
        CompletableFuture<?> unused = response.whenComplete((payload, failure) -> {
            Response.Builder builder = Response.newBuilder().setId(request.getId());
            if (failure != null) {
                builder.setFailure(String.valueOf(failure.getMessage()));
            } else {
                builder.setPayload(payload);
            }
            endpoint.answer(this, lane, builder.build());
        });
        if (unansweredRequests > endpoint.options().maxPendingRequests()) {
            response.completeExceptionally(new IllegalStateException("too many requests are waiting"));
            return;
        }
        if (!endpoint.tell(
                lane.served().group(), listener -> listener.request(peerId(), request.getPayload(), response))) {
            response.completeExceptionally(new IllegalStateException("the request could not be handled"));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            lanes.forEach(lane -> lane.queue().flush());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!closed) {
            closed = true;
            lanes.forEach(lane -> lane.queue().abandon());
            owner.closed(this, refusal);
            pending.failAll("the connection to member " + peerId() + " is lost");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TransportLoop.caught(ctx, cause);
        if (cause instanceof DecoderException && cause.getCause() != null) {
            endpoint.notices()
                    .warnOnce(subject(), String.valueOf(cause.getCause().getMessage()) + "; closed the connection");
        } else {
            log.debug("connection to member {} broke", peerId(), cause);
        }
        ChannelActions.close(ctx);
    }

    /** Subject of notices, not forgotten when the member connects again: who misbehaves once a connection would fill the log. */
    private String subject() {
        return "connection of member " + peerId();
    }
}
