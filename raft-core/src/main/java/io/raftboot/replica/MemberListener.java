package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.Node;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.storage.SnapshotStore;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what other members send to the stages. On the transport's threads; waits for nothing. */
final class MemberListener implements TransportListener {
    private static final Logger log = LoggerFactory.getLogger(MemberListener.class);

    private final Node node;
    private final RaftStage raft;
    private final SnapshotStore snapshots;
    private final PeerIdentities identities;
    private final SkipAgreement skips;
    private final Refusals refusals;
    private final int maxCommandSizeBytes;
    private final AtomicInteger snapshotsArriving;

    /** @param snapshotsArriving counts those that come in at present */
    MemberListener(
            Node node,
            RaftStage raft,
            SnapshotStore snapshots,
            PeerIdentities identities,
            SkipAgreement skips,
            Refusals refusals,
            int maxCommandSizeBytes,
            AtomicInteger snapshotsArriving) {
        this.node = node;
        this.raft = raft;
        this.snapshots = snapshots;
        this.identities = identities;
        this.skips = skips;
        this.refusals = refusals;
        this.maxCommandSizeBytes = maxCommandSizeBytes;
        this.snapshotsArriving = snapshotsArriving;
    }

    @Override
    public void messages(long from, List<Message> messages) {
        for (Message message : messages) {
            if (message.getType() == MessageType.MSG_PRE_VOTE || message.getType() == MessageType.MSG_VOTE) {
                raft.voteRequested();
            }
            if (message.getType() == MessageType.MSG_TIMEOUT_NOW && !raft.mayCampaign()) {
                log.info("node {} wants to hand over its leadership, but the disk of this member hangs", from);
                continue;
            }
            if (message.getType() == MessageType.MSG_PROP) {
                // Members ask the leader's replica, which looks at what it appends; no member sends one.
                log.debug("a proposal of node {} does not come the way that proposals come", from);
                continue;
            }
            if (identities.accept(from, message)) {
                raft.majority().heard(from, message);
                node.step(message);
            }
        }
    }

    @Override
    public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {
        Request request;
        try {
            request = Request.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            response.completeExceptionally(e);
            return;
        }
        switch (request.getRequestCase()) {
            case SUBMIT -> raft.submit(new RemoteBatch(request.getSubmit(), maxCommandSizeBytes, response));
            case SPACE -> {
                raft.spaceOf(from, request.getSpace().getLow());
                response.complete(Response.getDefaultInstance().toByteString());
            }
            case LEADER -> raft.asked(from, request.getLeader(), response);
            case REQUEST_NOT_SET ->
                response.completeExceptionally(
                        TransportException.maybeSent("a request that this version of the replica does not know"));
        }
    }

    @Override
    public void unreachable(long peerId) {
        node.reportUnreachable(peerId);
    }

    @Override
    public void connected(long peerId, long incarnation) {
        refusals.connected(peerId);
        raft.connected(peerId);
    }

    @Override
    public void refused(long peerId, String reason) {
        refusals.refused(peerId, reason);
    }

    @Override
    public void disconnected(long peerId, Disconnect cause) {
        raft.disconnected(peerId);
        if (cause == Disconnect.REFUSED_AT_RECONNECT) {
            raft.processGone(peerId);
        }
    }

    @Override
    public SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException {
        var incoming = snapshots.receive(snapshotMessage.getSnapshot());
        snapshotsArriving.incrementAndGet();
        return new SnapshotSink() {
            private boolean closed;

            @Override
            public long offset() {
                return incoming.offset();
            }

            @Override
            public void write(ByteBuffer chunk) throws IOException {
                incoming.write(chunk);
            }

            @Override
            public void finish() throws IOException {
                incoming.commit();
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    snapshotsArriving.decrementAndGet();
                }
                try {
                    incoming.close();
                } catch (IOException e) {
                    log.warn("the file of an unfinished snapshot could not be closed", e);
                }
            }
        };
    }

    @Override
    public void snapshotReceived(long from, Message snapshotMessage) {
        node.step(snapshotMessage);
    }

    @Override
    public @Nullable String refuse(RemoteMember remote) {
        String differs = skips.objection(remote);
        return differs == null ? identities.refuse(remote) : differs;
    }
}
