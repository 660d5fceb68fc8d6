package io.raftboot.proof;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.ForwardingTransport;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The transport of one process of a member, with somebody who reads the messages of the cores that pass. */
public final class WatchedTransport extends ForwardingTransport {
    private final long member;
    private final Observer observer;

    public WatchedTransport(long member, Transport transport, Observer observer) {
        super(transport);
        this.member = member;
        this.observer = observer;
    }

    @Override
    public void start(LocalMember self, TransportListener listener) throws IOException {
        super.start(self, new WatchedListener(listener));
    }

    @Override
    public void send(List<Message> messages) {
        messages.forEach(message -> observer.sent(member, message));
        super.send(messages);
    }

    @Override
    public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
        observer.sent(member, snapshotMessage);
        var done = super.sendSnapshot(snapshotMessage, source);
        var unused = done.whenComplete(
                (nothing, failure) -> observer.snapshotSent(member, snapshotMessage, failure == null));
        return done;
    }

    private final class WatchedListener implements TransportListener {
        private final TransportListener listener;

        WatchedListener(TransportListener listener) {
            this.listener = listener;
        }

        @Override
        public void messages(long from, List<Message> messages) {
            messages.forEach(message -> observer.received(member, message));
            listener.messages(from, messages);
        }

        @Override
        public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {
            listener.request(from, payload, response);
        }

        @Override
        public void unreachable(long peerId) {
            listener.unreachable(peerId);
        }

        @Override
        public void connected(long peerId, long incarnation) {
            listener.connected(peerId, incarnation);
        }

        @Override
        public void disconnected(long peerId, Disconnect cause) {
            listener.disconnected(peerId, cause);
        }

        @Override
        public void refused(long peerId, String reason) {
            listener.refused(peerId, reason);
        }

        @Override
        public SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException {
            return listener.snapshot(from, snapshotMessage);
        }

        @Override
        public SnapshotSink snapshot(long from, Message snapshotMessage, long length) throws IOException {
            return listener.snapshot(from, snapshotMessage, length);
        }

        @Override
        public void snapshotReceived(long from, Message snapshotMessage) {
            observer.received(member, snapshotMessage);
            listener.snapshotReceived(from, snapshotMessage);
        }

        @Override
        public void failed(Throwable cause) {
            listener.failed(cause);
        }

        @Override
        public boolean knowsOtherDirectory(RemoteMember remote) {
            return listener.knowsOtherDirectory(remote);
        }

        @Override
        public void otherDirectoryKnown(long peerId) {
            listener.otherDirectoryKnown(peerId);
        }

        @Override
        public @Nullable String refuse(RemoteMember remote) {
            return listener.refuse(remote);
        }

        @Override
        public void introduced(RemoteMember remote) {
            listener.introduced(remote);
        }

        @Override
        public void turnedAway(RemoteMember remote) {
            listener.turnedAway(remote);
        }

        @Override
        public void unsettled(RemoteMember remote) {
            listener.unsettled(remote);
        }
    }
}
