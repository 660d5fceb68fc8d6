package io.raftboot.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hands what arrives to a process, as an event of its own: it waits while that stands still, and is lost once it is dead. */
final class HostedListener implements TransportListener {
    private final SimulatedHost host;
    private final TransportListener listener;

    HostedListener(SimulatedHost host, TransportListener listener) {
        this.host = host;
        this.listener = listener;
    }

    @Override
    public void messages(long from, List<Message> messages) {
        for (Message message : messages) {
            host.after(0, MessageText.of(message), () -> listener.messages(from, List.of(message)));
        }
    }

    @Override
    public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {
        host.after(
                0,
                "request of " + from + " with " + payload.size() + " bytes",
                () -> listener.request(from, payload, response));
    }

    @Override
    public void unreachable(long peerId) {
        host.after(0, "unreachable " + peerId, () -> listener.unreachable(peerId));
    }

    @Override
    public void connected(long peerId, long incarnation) {
        host.after(0, "connected " + peerId, () -> listener.connected(peerId, incarnation));
    }

    @Override
    public void disconnected(long peerId, Disconnect cause) {
        host.after(0, "disconnected " + peerId + " " + cause, () -> listener.disconnected(peerId, cause));
    }

    @Override
    public void refused(long peerId, String reason) {
        host.after(0, "refused " + peerId, () -> listener.refused(peerId, reason));
    }

    @Override
    public SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException {
        return HostedSink.of(host, () -> new HostedSink(listener.snapshot(from, snapshotMessage)));
    }

    @Override
    public SnapshotSink snapshot(long from, Message snapshotMessage, long length) throws IOException {
        return HostedSink.of(host, () -> new HostedSink(listener.snapshot(from, snapshotMessage, length)));
    }

    @Override
    public void snapshotReceived(long from, Message snapshotMessage) {
        host.after(
                0,
                "received " + MessageText.of(snapshotMessage),
                () -> listener.snapshotReceived(from, snapshotMessage));
    }

    @Override
    public void failed(Throwable cause) {
        listener.failed(cause);
    }

    @Override
    public @Nullable String refuse(RemoteMember remote) {
        return listener.refuse(remote);
    }

    @Override
    public boolean knowsOtherDirectory(RemoteMember remote) {
        return listener.knowsOtherDirectory(remote);
    }

    @Override
    public void otherDirectoryKnown(long peerId) {
        host.after(0, "other directory known " + peerId, () -> listener.otherDirectoryKnown(peerId));
    }

    @Override
    public void introduced(RemoteMember remote) {
        host.after(0, "introduced " + remote.nodeId(), () -> listener.introduced(remote));
    }

    @Override
    public void turnedAway(RemoteMember remote) {
        host.after(0, "turned away " + remote.nodeId(), () -> listener.turnedAway(remote));
    }

    @Override
    public void unsettled(RemoteMember remote) {
        host.after(0, "unsettled " + remote.nodeId(), () -> listener.unsettled(remote));
    }
}
