package io.raftboot.replica;

import com.google.protobuf.ByteString;
import io.raftboot.raft.Node;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
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
import org.jspecify.annotations.Nullable;

/** Brings what other members send to the stages. On the transport's threads; waits for nothing. */
final class FromPeers implements TransportListener {
    /** No group gets that many terms further while a member is away: an election a second, for over a hundred years. */
    private static final long MAX_TERMS_AHEAD = 1L << 32;

    private final Node node;
    private final RaftStage raft;
    private final ElectionSigns signs;
    private final Door door;
    private final PeerRequests requests;
    private final SnapshotIntake snapshots;
    private final FailureHandler onFailure;

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
            String fault = fault(message);
            if (fault != null) {
                door.improper(from, message.getType(), fault);
            } else if (door.accepts(from, message) && signs.passes(from, message)) {
                node.step(message, from);
            }
        }
    }

    @Override
    public void improper(long from, Message message) {
        door.improper(
                from, message.getType(), "it is none between members, or not in its own name, or not to this member");
    }

    /**
     * What is wrong with the term of a message; null if nothing is. The core takes a message without one for its own. A member follows
     * any higher term, and there is none behind the last: one leap there would be the end of the group.
     */
    private @Nullable String fault(Message message) {
        if (message.getTerm() == 0) {
            return message.getType() == MessageType.MSG_READ_INDEX ? null : "it has no term";
        }
        return message.getTerm() - MAX_TERMS_AHEAD <= raft.view().term()
                ? null
                : "its term, " + message.getTerm() + ", is none that this group can have come to";
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
    public boolean knowsOtherDirectory(RemoteMember remote) {
        return door.knowsOtherDirectory(remote);
    }

    @Override
    public void otherDirectoryKnown(long peerId) {
        door.otherDirectoryKnown(peerId);
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
        String fault = fault(snapshotMessage);
        if (fault != null) {
            door.improper(from, snapshotMessage.getType(), fault);
            throw new IOException("a snapshot that no member sends: " + fault);
        }
        return snapshots.receive(snapshotMessage, length);
    }

    @Override
    public void snapshotReceived(long from, Message snapshotMessage) {
        node.step(snapshotMessage, from);
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
