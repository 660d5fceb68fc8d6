package io.raftboot.replica;

import io.raftboot.raft.proto.Message;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/** What a test does to the messages and snapshots that members send, and sees of them. Safe for use by several threads. */
public final class LossyTransports {
    private final AtomicInteger snapshotsToLose = new AtomicInteger();
    private final Queue<Message> sent = new ConcurrentLinkedQueue<>();
    private volatile BiPredicate<Long, Message> lost = (from, message) -> false;
    private volatile LongPredicate requestsLost = from -> false;
    private volatile boolean recording;
    private final Map<Long, Transport> transports = new ConcurrentHashMap<>();

    /** The snapshots that members have begun to send, by the index of each. */
    private final Queue<Long> snapshotsSent = new ConcurrentLinkedQueue<>();

    private volatile Duration transferTime = Duration.ZERO;
    private volatile UnaryOperator<SnapshotSource> sources = UnaryOperator.identity();

    /** So many of the next snapshots fail. */
    AtomicInteger snapshotsToLose() {
        return snapshotsToLose;
    }

    /** Loses the messages for which this says so, given their sender; until told otherwise. */
    public void lose(BiPredicate<Long, Message> which) {
        lost = which;
    }

    /** Loses the requests of the members for which this says so; until told otherwise. */
    void loseRequests(LongPredicate from) {
        requestsLost = from;
    }

    public void loseNothing() {
        lost = (from, message) -> false;
        requestsLost = from -> false;
    }

    /** Sends in the member's name what is none of its doing. */
    public void send(long from, List<Message> messages) {
        Objects.requireNonNull(transports.get(from)).send(messages);
    }

    /** What was sent since the recording began, lost messages included. */
    Queue<Message> record() {
        recording = true;
        return sent;
    }

    Queue<Long> snapshotsSent() {
        return snapshotsSent;
    }

    void transferTime(Duration time) {
        transferTime = time;
    }

    void sources(UnaryOperator<SnapshotSource> newSources) {
        sources = newSources;
    }

    private CompletableFuture<Void> sendSnapshot(Transport transport, Message message, SnapshotSource source) {
        snapshotsSent.add(message.getSnapshot().getMetadata().getIndex());
        var read = sources.apply(source);
        if (transferTime.isZero()) {
            return transport.sendSnapshot(message, read);
        }
        var later = CompletableFuture.delayedExecutor(transferTime.toMillis(), TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> read, later)
                .thenCompose(waited -> transport.sendSnapshot(message, waited));
    }

    @SuppressWarnings("unchecked") // of Transport.send
    Transport around(long id, Transport transport) {
        transports.put(id, transport);
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("sendSnapshot")
                            && snapshotsToLose.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                        ((SnapshotSource) arguments[1]).close();
                        return CompletableFuture.failedFuture(TransportException.maybeSent("lost on purpose"));
                    }
                    if (method.getName().equals("sendSnapshot")) {
                        return sendSnapshot(transport, (Message) arguments[0], (SnapshotSource) arguments[1]);
                    }
                    if (method.getName().equals("request") && requestsLost.test(id)) {
                        return CompletableFuture.failedFuture(TransportException.notSent("no way on purpose"));
                    }
                    try {
                        return method.getName().equals("send")
                                ? method.invoke(transport, kept(id, (List<Message>) arguments[0]))
                                : method.invoke(transport, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private List<Message> kept(long from, List<Message> messages) {
        if (recording) {
            sent.addAll(messages);
        }
        var losing = lost;
        return messages.stream().filter(message -> !losing.test(from, message)).toList();
    }
}
