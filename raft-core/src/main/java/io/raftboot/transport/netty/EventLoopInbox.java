package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoop;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.proto.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where callers leave what is to be sent, from any thread, and where the event loop picks it up: one wake-up however much
 * was left meanwhile, and one flush for each connection that got something. Bounded in bytes and in messages, so that an event loop
 * that does not come round for a while does not fill the heap.
 */
final class EventLoopInbox {
    /** Then what was picked up is flushed, and sockets have their turn, however fast more comes. */
    private static final int MAX_ITEMS_PER_ROUND = 256;

    private sealed interface Item permits Messages, Question, Answer {}

    private record Messages(OpenGroup group, List<Message> messages, long bytes) implements Item {}

    private record Question(
            OpenGroup group, long to, ByteString payload, CompletableFuture<ByteString> answer, long deadlineNanos)
            implements Item {}

    private record Answer(StreamConnection connection, GroupLane lane, Response response) implements Item {}

    private record Drop(OpenGroup group, long peerId) {}

    private final Endpoint endpoint;
    private final EventLoop eventLoop;
    private final TransportOptions options;
    private final Queue<Item> items = new ConcurrentLinkedQueue<>();

    /**
     * The messages that wait, and the questions and answers: their numbers are limited apart, so that who asks is not in the way of an
     * election, and their bytes together.
     */
    private final Room messageRoom;

    private final Room requestRoom;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** Sorted, so that listeners are told in the same order in each run. */
    private final Set<Drop> dropped = new ConcurrentSkipListSet<>(
            Comparator.comparing((Drop drop) -> drop.group.name()).thenComparingLong(Drop::peerId));

    private volatile boolean closed;

    /** Queues that got something in the present round; event loop only. */
    private final List<SendQueue> touched = new ArrayList<>();

    EventLoopInbox(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.eventLoop = endpoint.eventLoop();
        this.options = endpoint.options();
        var bytes = new AtomicLong();
        this.messageRoom = new Room(options.maxQueuedMessages(), options.maxQueuedBytes(), bytes);
        this.requestRoom = new Room(options.maxQueuedMessages(), options.maxQueuedBytes(), bytes);
    }

    void send(OpenGroup group, List<Message> messages) {
        if (messages.isEmpty()) {
            return;
        }
        long bytes = sizeBytes(messages);
        if (messageRoom.fits(messages.size(), bytes)) {
            add(new Messages(group, messages, bytes));
        } else {
            addFitting(group, messages);
        }
        wakeUp();
    }

    private static long sizeBytes(List<Message> messages) {
        long bytes = 0;
        for (int i = 0; i < messages.size(); i++) {
            bytes += messages.get(i).getSerializedSize(); // remembered by the message, and needed to encode it
        }
        return bytes;
    }

    /**
     * Takes what there is room for. While none waits, the first message to each peer is taken in any case: what is larger than
     * the limit by itself must get through some time, and what is for one peer must not always be in the way of what is for
     * another.
     */
    private void addFitting(OpenGroup group, List<Message> messages) {
        boolean noneWaits = messageRoom.isEmpty();
        var reached = new HashSet<Long>();
        var taken = new ArrayList<Message>();
        long bytes = 0;
        for (Message message : messages) {
            int size = message.getSerializedSize();
            boolean first = reached.add(message.getTo());
            if (messageRoom.fits(taken.size() + 1, bytes + size) || (noneWaits && first)) {
                taken.add(message);
                bytes += size;
            } else {
                drop(group, message.getTo());
            }
        }
        if (!taken.isEmpty()) {
            add(new Messages(group, taken, bytes));
        }
    }

    private void add(Messages batch) {
        messageRoom.reserve(batch.messages.size(), batch.bytes);
        items.add(batch);
    }

    void ask(OpenGroup group, long to, ByteString payload, CompletableFuture<ByteString> answer, Duration timeout) {
        if (!requestRoom.isEmpty() && !requestRoom.fits(1, payload.size())) {
            answer.completeExceptionally(TransportException.notSent("too much is waiting to be sent already"));
            return;
        }
        requestRoom.reserve(1, payload.size());
        items.add(new Question(group, to, payload, answer, endpoint.clock().nanoTime() + timeout.toNanos()));
        wakeUp();
    }

    /** Always taken: whoever asks is limited already, and a lost answer costs a time-out. */
    void answer(StreamConnection connection, GroupLane lane, Response response) {
        requestRoom.reserve(1, response.getPayload().size());
        items.add(new Answer(connection, lane, response));
        wakeUp();
    }

    /** Event loop: from now on nothing is sent. What waits, and what comes yet, fails. */
    void close() {
        closed = true;
        run();
    }

    private void wakeUp() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::run);
            } catch (RejectedExecutionException e) {
                scheduled.set(false); // before looking, as in run
                failAll(); // the event loop has ended, so this thread may
            }
        }
    }

    /** Event loop. */
    private void run() {
        scheduled.set(false); // before looking: who adds from now on wakes us again
        if (closed) {
            failAll();
            return;
        }
        for (int i = 0; i < MAX_ITEMS_PER_ROUND; i++) {
            Item item = items.poll();
            if (item == null) {
                break;
            }
            dispatch(item);
        }
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).flush();
        }
        touched.clear();
        tellDropped();
        if (!items.isEmpty()) {
            wakeUp();
        }
    }

    private void dispatch(Item item) {
        if (item instanceof Messages batch) {
            messageRoom.release(batch.messages.size(), batch.bytes);
            batch.messages.forEach(message -> enqueue(batch.group, message));
        } else if (item instanceof Question question) {
            requestRoom.release(1, question.payload.size());
            enqueue(question);
        } else if (item instanceof Answer answer) {
            requestRoom.release(1, answer.response.getPayload().size());
            answer.connection.answer(answer.lane, answer.response);
            touch(answer.lane.queue());
        }
    }

    /** Any thread. */
    private void drop(OpenGroup group, long peerId) {
        group.traffic().of(peerId).dropped();
        dropped.add(new Drop(group, peerId));
    }

    private void enqueue(OpenGroup group, Message message) {
        StreamConnection connection = endpoint.connectionTo(message.getTo());
        GroupLane lane = connection == null ? null : connection.lane(group);
        if (connection == null || lane == null || !connection.offer(lane, message)) {
            drop(group, message.getTo());
        } else {
            touch(lane.queue());
        }
    }

    private void enqueue(Question question) {
        StreamConnection connection = endpoint.connectionTo(question.to);
        GroupLane lane = connection == null ? null : connection.lane(question.group);
        if (connection == null || lane == null) {
            question.answer.completeExceptionally(noConnection(question.to));
        } else {
            long left = question.deadlineNanos - endpoint.clock().nanoTime();
            connection.ask(lane, question.payload, question.answer, left);
            touch(lane.queue());
        }
    }

    private void touch(SendQueue queue) {
        if (queue.mark()) {
            touched.add(queue);
        }
    }

    private void tellDropped() {
        for (Iterator<Drop> each = dropped.iterator(); each.hasNext(); ) {
            Drop drop = each.next();
            each.remove(); // first: what is dropped from now on is told again
            endpoint.tell(drop.group, listener -> listener.unreachable(drop.peerId));
        }
    }

    private void failAll() {
        for (Item item = items.poll(); item != null; item = items.poll()) {
            if (item instanceof Question question) {
                question.answer.completeExceptionally(notRunning());
            }
        }
    }

    static TransportException noConnection(long peerId) {
        return TransportException.notSent("there is no connection to member " + peerId);
    }

    static TransportException notRunning() {
        return TransportException.notSent("the transport is not running");
    }
}
