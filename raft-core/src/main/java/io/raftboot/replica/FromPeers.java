package io.raftboot.replica;

import com.google.protobuf.ByteString;
import io.raftboot.raft.Node;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.leader.ElectionSigns;
import io.raftboot.replica.snapshot.SnapshotIntake;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.snapshot.SnapshotStore;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what other members send to the stages. On the transport's threads; waits for nothing. */
final class FromPeers implements TransportListener {
    private static final Logger log = LoggerFactory.getLogger(FromPeers.class);

    /** No group gets that many terms further while a member is away: an election a second, for over a hundred years. */
    private static final long MAX_TERMS_AHEAD = 1L << 32;

    private final Node node;
    private final RaftStage raft;
    private final ElectionSigns signs;
    private final Door door;
    private final PeerRequests requests;
    private final SnapshotIntake snapshots;
    private final FailureHandler onFailure;
    private final AtomicBoolean leapReported = new AtomicBoolean();

    FromPeers(
            Node node,
            RaftStage raft,
            ElectionSigns signs,
            Door door,
            PeerRequests requests,
            SnapshotIntake snapshots,
            FailureHandler onFailure) {
        this.node = node;
        this.raft = raft;
        this.signs = signs;
        this.door = door;
        this.requests = requests;
        this.snapshots = snapshots;
        this.onFailure = onFailure;
    }

    @Override
    public void messages(long from, List<Message> messages) {
        for (Message message : messages) {
            if (isOfAPossibleTerm(message) && door.accepts(from, message) && signs.passes(from, message)) {
                node.step(message);
            }
        }
    }

    /** A member follows any higher term, and there is none behind the last: one leap there would be the end of the group. */
    private boolean isOfAPossibleTerm(Message message) {
        boolean possible = message.getTerm() - MAX_TERMS_AHEAD <= raft.view().term();
        if (!possible && leapReported.compareAndSet(false, true)) {
            log.warn(
                    "node {} sent a message of term {}, which no group can have come to: ignored it, and those that follow",
                    message.getFrom(),
                    message.getTerm());
        }
        return possible;
    }

    @Override
    public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {
        requests.answer(from, payload, response);
    }

    @Override
    public void unreachable(long peerId) {
        node.reportUnreachable(peerId);
    }

    @Override
    public void connected(long peerId, long incarnation) {
        door.connected(peerId);
        raft.connected(peerId);
    }

    @Override
    public void refused(long peerId, String reason) {
        door.refused(peerId, reason);
    }

    @Override
    public void disconnected(long peerId, Disconnect cause) {
        raft.disconnected(peerId);
        if (cause == Disconnect.REFUSED_AT_RECONNECT) {
            signs.processGone(peerId);
        }
    }

    @Override
    public SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException {
        return snapshot(from, snapshotMessage, SnapshotStore.sizeBytes(snapshotMessage.getSnapshot()));
    }

    @Override
    public SnapshotSink snapshot(long from, Message snapshotMessage, long length) throws IOException {
        if (!isOfAPossibleTerm(snapshotMessage)) {
            throw new IOException("term " + snapshotMessage.getTerm() + " is none that this group can have come to");
        }
        return snapshots.receive(snapshotMessage, length);
    }

    @Override
    public void snapshotReceived(long from, Message snapshotMessage) {
        node.step(snapshotMessage);
    }

    @Override
    public void failed(Throwable cause) {
        onFailure.accept(cause);
    }

    @Override
    public @Nullable String refuse(RemoteMember remote) {
        return door.objection(remote);
    }

    @Override
    public void introduced(RemoteMember remote) {
        door.introduced(remote);
    }

    @Override
    public void turnedAway(RemoteMember remote) {
        door.turnedAway(remote);
    }

    @Override
    public void unsettled(RemoteMember remote) {
        door.unsettled(remote);
    }
}
