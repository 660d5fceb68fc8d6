package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.TransportListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A listener that writes down what it is told. */
public final class Recorder implements TransportListener {
    public final List<Message> messages = new CopyOnWriteArrayList<>();
    final List<Integer> batchSizes = new CopyOnWriteArrayList<>();

    /** What was told about connections, in order: "connected 2", "unreachable 2", "disconnected 2 OTHER". */
    public final List<String> events = new CopyOnWriteArrayList<>();

    final Map<Long, String> refusals = new ConcurrentHashMap<>();
    final List<RemoteMember> introduced = new CopyOnWriteArrayList<>();
    final List<RemoteMember> confirmed = new CopyOnWriteArrayList<>();
    final List<RemoteMember> turnedAway = new CopyOnWriteArrayList<>();
    final List<RemoteMember> unsettled = new CopyOnWriteArrayList<>();
    final List<Message> snapshots = new CopyOnWriteArrayList<>();
    final FileSink file = new FileSink();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    volatile Runnable onMessages = () -> {};
    volatile Predicate<RemoteMember> otherDirectory = remote -> false;
    volatile Function<RemoteMember, @Nullable String> refusal = remote -> null;
    volatile BiConsumer<ByteString, CompletableFuture<ByteString>> answer =
            (payload, response) -> response.complete(payload);

    /** Says how requests are answered from now on. */
    public void answer(BiConsumer<ByteString, CompletableFuture<ByteString>> newAnswer) {
        answer = newAnswer;
    }

    @Override
    public void messages(long from, List<Message> received) {
        batchSizes.add(received.size());
        onMessages.run();
        messages.addAll(received);
    }

    @Override
    public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {
        answer.accept(payload, response);
    }

    @Override
    public void unreachable(long peerId) {
        events.add("unreachable " + peerId);
    }

    @Override
    public void connected(long peerId, long incarnation) {
        events.add("connected " + peerId);
    }

    @Override
    public void disconnected(long peerId, Disconnect cause) {
        events.add("disconnected " + peerId + " " + cause);
    }

    @Override
    public void refused(long peerId, String reason) {
        refusals.put(peerId, reason);
    }

    @Override
    public SnapshotSink snapshot(long from, Message snapshotMessage) {
        return file;
    }

    @Override
    public void snapshotReceived(long from, Message snapshotMessage) {
        snapshots.add(snapshotMessage);
    }

    @Override
    public void introduced(RemoteMember remote) {
        confirmed.add(remote);
    }

    @Override
    public void turnedAway(RemoteMember remote) {
        turnedAway.add(remote);
    }

    @Override
    public void unsettled(RemoteMember remote) {
        unsettled.add(remote);
    }

    @Override
    public @Nullable String refuse(RemoteMember remote) {
        introduced.add(remote);
        return refusal.apply(remote);
    }

    @Override
    public boolean knowsOtherDirectory(RemoteMember remote) {
        return otherDirectory.test(remote);
    }

    @Override
    public void otherDirectoryKnown(long peerId) {
        events.add("other directory " + peerId);
    }

    @Override
    public void failed(Throwable cause) {
        failures.add(cause);
    }

    /** A file that stays from one transfer to the next. */
    static final class FileSink implements SnapshotSink {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private int writes;
        private boolean open;
        private boolean finished;
        volatile @Nullable IOException failure;

        /** Called after each write with the number of writes so far; may throw. */
        volatile WriteHook hook = writes -> {};

        interface WriteHook {
            void written(int writes) throws IOException;
        }

        @Override
        public synchronized long offset() {
            if (open) {
                throw new IllegalStateException("two transfers at once");
            }
            open = true;
            return content.size();
        }

        @Override
        public void write(ByteBuffer chunk) throws IOException {
            int count;
            synchronized (this) {
                byte[] bytes = new byte[chunk.remaining()];
                chunk.get(bytes);
                content.writeBytes(bytes);
                count = ++writes;
            }
            hook.written(count);
        }

        @Override
        public synchronized void finish() throws IOException {
            IOException toThrow = failure;
            if (toThrow != null) {
                throw toThrow;
            }
            finished = true;
        }

        @Override
        public synchronized void close() {
            open = false;
        }

        synchronized byte[] bytes() {
            return content.toByteArray();
        }

        synchronized boolean isFinished() {
            return finished;
        }

        synchronized boolean isOpen() {
            return open;
        }
    }
}
