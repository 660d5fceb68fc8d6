package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.agent.AgentHost;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.SnapshotInvitation;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Members that can't be dialled, and are to fetch a snapshot over a connection that they open: at most one snapshot of a group for
 * each.
 * Event loop only.
 */
final class SnapshotInvitations {
    private final AgentHost host;
    private final RandomGenerator tickets;
    private final Map<Transferring, Invitation> byTransfer = new HashMap<>();

    private record Invitation(long ticket, CompletableFuture<FrameInbox> connected) {}

    /** @param tickets not to be guessed */
    SnapshotInvitations(AgentHost host, RandomGenerator tickets) {
        this.host = host;
        this.tickets = tickets;
    }

    /** Asks the member at the other end to come; completes the future when it has. */
    void invite(OpenedStream stream, CompletableFuture<FrameInbox> connected) {
        ServedGroup served = stream.served();
        long ticket = tickets.nextLong(1, Long.MAX_VALUE);
        Invitation former = byTransfer.put(Transferring.of(served), new Invitation(ticket, connected));
        if (former != null) {
            former.connected.completeExceptionally(new TransferBroken("another snapshot is sent instead"));
        }
        var invitation = Frame.newBuilder()
                .setGroup(served.number())
                .setSnapshotInvitation(SnapshotInvitation.newBuilder().setTicket(ticket))
                .build();
        stream.say().accept(invitation);
    }

    boolean expects(Transferring transfer, long ticket) {
        Invitation invitation = byTransfer.get(transfer);
        return invitation != null && invitation.ticket == ticket;
    }

    /** The member is there. */
    ChannelHandler followed(Channel channel, Meeting meeting, long ticket) {
        Transferring transfer = Transferring.of(meeting);
        FrameInbox inbox = new FrameInbox(channel, host);
        Invitation invitation = expects(transfer, ticket) ? byTransfer.remove(transfer) : null;
        if (invitation == null || !invitation.connected.complete(inbox)) {
            inbox.close(); // it came too late
        }
        return inbox;
    }

    /** Whoever invited does not wait any longer. */
    void withdraw(Transferring transfer, CompletableFuture<FrameInbox> connected) {
        Invitation invitation = byTransfer.get(transfer);
        if (invitation != null && isOf(invitation, connected)) {
            byTransfer.remove(transfer);
        }
    }

    @SuppressWarnings("ReferenceEquality") // another one that is in the same state is not meant
    private static boolean isOf(Invitation invitation, @Nullable CompletableFuture<FrameInbox> connected) {
        return invitation.connected == connected;
    }
}
