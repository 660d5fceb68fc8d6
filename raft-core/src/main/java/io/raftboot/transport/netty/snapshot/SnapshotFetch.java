package io.raftboot.transport.netty.snapshot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.netty.handshake.DialFailure;
import io.raftboot.transport.netty.handshake.DialOutcome;
import io.raftboot.transport.netty.handshake.Dialler;
import io.raftboot.transport.netty.handshake.Meeting;
import io.raftboot.transport.netty.handshake.ServedGroup;

/** Follows the invitation of a member that can't dial this one: opens the connection on which it sends its snapshot. */
final class SnapshotFetch implements DialOutcome {
    private final TransferHost host;
    private final SnapshotReceptions receptions;
    private final ServedGroup served;

    private SnapshotFetch(TransferHost host, SnapshotReceptions receptions, ServedGroup served) {
        this.host = host;
        this.receptions = receptions;
        this.served = served;
    }

    /** Event loop. */
    static void begin(
            TransferHost host, SnapshotReceptions receptions, ServedGroup served, PeerAddress address, long ticket) {
        var visit = Dialler.Visit.ofFetch(served.group(), ticket);
        var target = new Dialler.Target(served.remote().nodeId(), address, visit, 0, null);
        var unused = host.dialler().dial(target, new SnapshotFetch(host, receptions, served));
    }

    @Override
    public ChannelHandler established(Channel channel, Meeting meeting) {
        return receptions.receive(channel, meeting);
    }

    @Override
    public void failed(DialFailure failure) {
        host.notices()
                .warnOnce("fetching a snapshot of member " + served.remote().nodeId(), failure.message());
    }
}
