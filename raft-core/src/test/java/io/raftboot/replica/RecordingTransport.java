package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.proto.Request;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A transport that carries nothing: it keeps what it is given, for a test to look at and to answer. */
public final class RecordingTransport implements Transport {
    /** What was sent together, in order. */
    public final List<List<Message>> batches = new ArrayList<>();

    public final List<Asked> asked = new ArrayList<>();
    public final List<Sent> snapshots = new ArrayList<>();

    /** Run before what is sent is kept. */
    public Runnable onSend = () -> {};

    /** Run by {@link #close}. */
    public Runnable onClose = () -> {};

    public Map<Long, String> peers = Map.of();
    public boolean closed;
    private @Nullable TransportListener listener;

    /** A request, which the test answers. */
    public record Asked(long to, Request request, CompletableFuture<ByteString> answer) {}

    /** A snapshot on its way, which arrives when the test says so. */
    public record Sent(Message message, SnapshotSource source, CompletableFuture<Void> arrival) {}

    /** All messages of this type that were sent, in order. */
    public List<Message> sent(MessageType type) {
        return batches.stream()
                .flatMap(List::stream)
                .filter(message -> message.getType() == type)
                .toList();
    }

    /** All requests of this kind, in order. */
    public List<Asked> asked(Request.RequestCase kind) {
        return asked.stream()
                .filter(one -> one.request().getRequestCase() == kind)
                .toList();
    }

    /** Who is told what arrives. */
    public TransportListener listener() {
        return Objects.requireNonNull(listener, "the transport was not started");
    }

    @Override
    public void start(LocalMember self, TransportListener newListener) {
        listener = newListener;
    }

    @Override
    public void clusterIdLearned(long clusterId) {}

    @Override
    public void setPeers(Map<Long, String> addresses) {
        peers = addresses;
    }

    @Override
    public void send(List<Message> messages) {
        onSend.run();
        batches.add(List.copyOf(messages));
    }

    @Override
    public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
        var answer = new CompletableFuture<ByteString>();
        try {
            asked.add(new Asked(to, Request.parseFrom(payload), answer));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("this is no request", e);
        }
        return answer;
    }

    @Override
    public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
        var arrival = new CompletableFuture<Void>();
        snapshots.add(new Sent(snapshotMessage, source, arrival));
        return arrival;
    }

    @Override
    public @Nullable Integer port() {
        return null;
    }

    @Override
    public void close() {
        closed = true;
        onClose.run();
    }
}
