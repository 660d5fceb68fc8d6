package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.transport.netty.handshake.Introductions;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.RefusalReason;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/** The snapshots that others are sending: at most one of each member and group. Event loop only. */
public final class SnapshotReceptions {
    /** Each has a thread. Only leaders send snapshots, and there is one, or for a moment a few. */
    public static final int MAX_SENDERS = 32;

    private final TransferHost host;
    private final Map<Transferring, SnapshotReception> byTransfer = new HashMap<>();

    SnapshotReceptions(TransferHost host) {
        this.host = host;
    }

    /** There is a connection on which the member sends a snapshot; one of the same member that still hangs is given up. */
    ChannelHandler receive(Channel channel, Meeting meeting) {
        Transferring transfer = Transferring.of(meeting);
        FrameInbox inbox = new FrameInbox(channel, host.process());
        SnapshotReception former = byTransfer.get(transfer);
        if (former == null && byTransfer.size() >= MAX_SENDERS) {
            // It sees its connection end, and tries again.
            ChannelActions.writeLast(
                    channel,
                    Frame.newBuilder()
                            .setRefusal(Introductions.refusal(
                                    RefusalReason.REFUSAL_REASON_OVERLOADED,
                                    "too many snapshots are coming in, try again later"))
                            .build());
            return inbox;
        }
        SnapshotReception reception = new SnapshotReception(this, host, Transferring.served(meeting), inbox, former);
        byTransfer.put(transfer, reception);
        try {
            host.onFilesThread(reception);
        } catch (RejectedExecutionException e) {
            // The sender sees its connection end, and tries again.
            host.notices()
                    .warnOnce("a snapshot of member " + transfer.peerId(), "can't be received now: " + e.getMessage());
            byTransfer.remove(transfer, reception);
            reception.dropped();
        }
        return inbox;
    }

    /** Any thread: its file is closed. Not before, or the next one of this member would not wait for it. */
    void over(Transferring transfer, SnapshotReception reception) {
        host.onEventLoop(() -> byTransfer.remove(transfer, reception));
    }

    public void close() {
        byTransfer.values().forEach(SnapshotReception::cancel);
    }
}
