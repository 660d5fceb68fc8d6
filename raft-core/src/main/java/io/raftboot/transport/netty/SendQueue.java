package io.raftboot.transport.netty;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.netty.wire.PeerTraffic;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongPredicate;
import org.slf4j.Logger;

/**
 * What waits to be written on one connection for one group: raft messages, requests, responses. Bounded; whatever does not fit is not
 * taken. Several that wait together leave in one frame, and all that waited in one flush. Event loop only.
 */
final class SendQueue {
    private final Logger log = QuietLogger.of(SendQueue.class);

    /** Beyond this a frame is not filled up further: the other side begins to work on it while the next is written. */
    private static final int FRAME_TARGET_BYTES = 128 << 10;

    private final Channel channel;
    private final int group;
    private final TransportOptions options;
    private final LongPredicate requestLeaves;
    private final PeerTraffic traffic;
    private final Deque<MessageLite> waiting = new ArrayDeque<>();
    private final List<MessageLite> batch = new ArrayList<>();
    private long waitingBytes;
    private boolean dirty;

    /**
     * A queue that is empty.
     *
     * @param group number of the group on this connection
     * @param requestLeaves called with a request's id when it is about to be written; false if nobody wants it any more
     * @param traffic counts what is written, and what waits
     */
    SendQueue(Channel channel, int group, TransportOptions options, LongPredicate requestLeaves, PeerTraffic traffic) {
        this.channel = channel;
        this.group = group;
        this.options = options;
        this.requestLeaves = requestLeaves;
        this.traffic = traffic;
    }

    boolean offer(MessageLite item) {
        int bytes = sizeInFrame(item);
        if (bytes + numberBytes() > options.maxFrameBytes()) {
            log.error(
                    "can't send {} bytes: a frame may hold {}. Raise the limit on all members, or limit the size of commands",
                    bytes,
                    options.maxFrameBytes());
            return false;
        }
        if (!fits(bytes)) {
            // What waits for the end of this round only leaves now: the limits are for a peer that does not take it.
            flush();
        }
        // What is larger than the limit by itself must get through some time.
        if (!fits(bytes) && !waiting.isEmpty()) {
            return false;
        }
        waiting.add(item);
        waitingBytes += bytes;
        traffic.waiting(1, bytes);
        return true;
    }

    private boolean fits(int bytes) {
        return waiting.size() < options.maxQueuedMessages() && waitingBytes + bytes <= options.maxQueuedBytes();
    }

    /** Whether it was unmarked: for remembering each queue that has to be flushed just once. */
    boolean mark() {
        boolean first = !dirty;
        dirty = true;
        return first;
    }

    /** Writes what the socket takes. The rest follows when it is writable again. */
    void flush() {
        dirty = false;
        boolean written = false;
        while (!waiting.isEmpty() && channel.isWritable()) {
            int bytes = fillBatch();
            if (bytes > 0) {
                ByteBuf frame = Frames.encode(channel.alloc(), bytes + numberBytes(), this::writeBatch);
                traffic.sent(batch.size(), frame.readableBytes());
                ChannelActions.write(channel, frame);
                written = true;
            }
            batch.clear();
        }
        if (written) {
            channel.flush();
        }
    }

    /** The connection is gone, and with it what waits. */
    void abandon() {
        traffic.waiting(-waiting.size(), -waitingBytes);
        waiting.clear();
        waitingBytes = 0;
    }

    int size() {
        return waiting.size();
    }

    private int fillBatch() {
        int total = 0;
        for (MessageLite next = waiting.peek(); next != null; next = waiting.peek()) {
            int bytes = sizeInFrame(next);
            if (total > 0 && total + bytes > FRAME_TARGET_BYTES) {
                break;
            }
            waiting.remove();
            waitingBytes -= bytes;
            traffic.waiting(-1, -bytes);
            if (!(next instanceof Request request) || requestLeaves.test(request.getId())) {
                batch.add(next);
                total += bytes;
            }
        }
        return total;
    }

    /** Number 0 is left out, so that a connection of one group pays nothing for it. */
    private int numberBytes() {
        return group == 0 ? 0 : CodedOutputStream.computeUInt32Size(Frame.GROUP_FIELD_NUMBER, group);
    }

    private void writeBatch(CodedOutputStream output) throws java.io.IOException {
        if (group != 0) {
            output.writeUInt32(Frame.GROUP_FIELD_NUMBER, group);
        }
        for (int i = 0; i < batch.size(); i++) {
            MessageLite item = batch.get(i);
            output.writeMessage(fieldOf(item), item);
        }
    }

    private static int sizeInFrame(MessageLite item) {
        return CodedOutputStream.computeMessageSize(fieldOf(item), item);
    }

    private static int fieldOf(MessageLite item) {
        if (item instanceof Message) {
            return Frame.MESSAGES_FIELD_NUMBER;
        }
        return item instanceof Request ? Frame.REQUESTS_FIELD_NUMBER : Frame.RESPONSES_FIELD_NUMBER;
    }
}
