package io.raftboot.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.Node;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.command.RemoteBatch;
import io.raftboot.replica.command.TakeOverOrders;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.membership.RejectedConnections;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MembersAnswer;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.snapshot.SnapshotIntake;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.storage.snapshot.SnapshotStore;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private final SnapshotIntake snapshots;
    private final PeerIdentities identities;
    private final SkipAgreement skips;
    private final RejectedConnections refusals;
    private final TakeOverOrders orders;
    private final Supplier<List<MemberRecord>> members;
    private final Consumer<RemoteMember> met;
    private final int maxCommandSizeBytes;
    private final AtomicBoolean leapReported = new AtomicBoolean();
    private final Consumer<Throwable> onFailure;

    /**
     * @param members where they are, for those that ask
     * @param met     told who was met while this member or the other one did not know its cluster
     */
    FromPeers(
            Node node,
            RaftStage raft,
            SnapshotIntake snapshots,
            PeerIdentities identities,
            SkipAgreement skips,
            RejectedConnections refusals,
            TakeOverOrders orders,
            Supplier<List<MemberRecord>> members,
            Consumer<RemoteMember> met,
            int maxCommandSizeBytes,
            Consumer<Throwable> onFailure) {
        this.node = node;
        this.raft = raft;
        this.snapshots = snapshots;
        this.identities = identities;
        this.skips = skips;
        this.refusals = refusals;
        this.orders = orders;
        this.members = members;
        this.met = met;
        this.maxCommandSizeBytes = maxCommandSizeBytes;
        this.onFailure = onFailure;
    }

    @Override
    public void messages(long from, List<Message> messages) {
        for (Message message : messages) {
            if (isOfAPossibleTerm(message) && identities.accept(from, message)) {
                raft.majority().heard(from, message);
                take(message);
            }
        }
    }

    private void take(Message message) {
        switch (message.getType()) {
            case MSG_TIMEOUT_NOW -> orders.received(message);
            case MSG_PRE_VOTE, MSG_VOTE -> {
                raft.voteRequested();
                node.step(message);
            }
            default -> node.step(message);
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
            case TRANSFER -> orders.ask(from, request.getTransfer().getTerm(), response);
            case MEMBERS ->
                response.complete(Response.newBuilder()
                        .setMembers(MembersAnswer.newBuilder().addAllMembers(members.get()))
                        .build()
                        .toByteString());
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
        String differs = skips.objectionToStranger(remote);
        return differs == null ? identities.objection(remote) : differs;
    }

    @Override
    public void introduced(RemoteMember remote) {
        noteSkips(remote);
        identities.introduced(remote);
    }

    @Override
    public void turnedAway(RemoteMember remote) {
        noteSkips(remote);
    }

    /** Who is there for certain agrees, or counts as one who does not; it has been told so. */
    private void noteSkips(RemoteMember remote) {
        var unused = skips.objection(remote);
    }

    @Override
    public void unsettled(RemoteMember remote) {
        met.accept(remote);
    }
}
