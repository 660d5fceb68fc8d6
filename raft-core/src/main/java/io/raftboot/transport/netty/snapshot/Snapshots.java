package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.handshake.ServedGroup;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The files of snapshots that travel, in either direction: a {@link SnapshotTransfer} sends one over a connection that it
 * dialled or invited the other side to open, and a {@link SnapshotReception} receives one. Event loop only, but where something
 * else is said.
 */
public final class Snapshots {
    private final TransferHost host;
    private final SnapshotReceptions receptions;
    private final SnapshotInvitations invitations;
    private final UntilClosed untilClosed;

    /** @param tickets not to be guessed */
    public Snapshots(TransferHost host, RandomGenerator tickets) {
        this.host = host;
        this.receptions = new SnapshotReceptions(host);
        this.invitations = new SnapshotInvitations(host.process(), tickets);
        this.untilClosed = new UntilClosed(host.process());
    }

    /**
     * Any thread: sends a file, which is closed and completed in any case.
     *
     * @param address where to dial the member; null if that is not known
     */
    public void send(OpenGroup group, @Nullable PeerAddress address, OutgoingFile file) {
        try {
            host.onFilesThread(new SnapshotTransfer(host, this, group, address, file));
        } catch (RejectedExecutionException e) {
            file.source().close();
            file.done()
                    .completeExceptionally(TransportException.notSent(
                            host.closed() ? "the transport is not running" : String.valueOf(e.getMessage())));
        }
    }

    /** The other side has dialled, or was, to send a file. */
    public ChannelHandler receive(Channel channel, Meeting meeting) {
        return receptions.receive(channel, meeting);
    }

    /** Whether a member was invited to fetch a file with this ticket. */
    public boolean expects(Meeting meeting, long ticket) {
        return invitations.expects(Transferring.of(meeting), ticket);
    }

    /** A member that was invited is there. */
    public ChannelHandler followed(Channel channel, Meeting meeting, long ticket) {
        return invitations.followed(channel, meeting, ticket);
    }

    /**
     * Follows an invitation.
     *
     * @param served the other side and the group
     * @param address where to dial it
     */
    public void fetch(ServedGroup served, PeerAddress address, long ticket) {
        SnapshotFetch.begin(host, receptions, served, address, ticket);
    }

    SnapshotInvitations invitations() {
        return invitations;
    }

    /** What threads wait for, which the close ends. */
    public UntilClosed untilClosed() {
        return untilClosed;
    }

    /** Any thread: nobody waits any longer for a connection. */
    public void closing() {
        untilClosed.close();
    }

    public void close() {
        receptions.close();
    }
}
