package io.raftboot.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** Follows the invitation of a member that can't dial this one: opens the connection on which it sends its snapshot. */
final class SnapshotFetch implements DialOutcome {
    private final Endpoint endpoint;
    private final SnapshotReceptions receptions;
    private final ServedGroup served;

    private SnapshotFetch(Endpoint endpoint, SnapshotReceptions receptions, ServedGroup served) {
        this.endpoint = endpoint;
        this.receptions = receptions;
        this.served = served;
    }

    /** Event loop. Who is no peer has no address; it does not invite, but dials. */
    static void begin(Endpoint endpoint, SnapshotReceptions receptions, ServedGroup served, long ticket) {
        long senderId = served.remote().nodeId();
        PeerLink link = endpoint.link(senderId);
        if (link != null) {
            var visit = Dialler.Visit.ofFetch(served.group(), ticket);
            var target = new Dialler.Target(senderId, link.address(), visit, 0, null);
            var unused = endpoint.dialler().dial(target, new SnapshotFetch(endpoint, receptions, served));
        }
    }

    @Override
    public ChannelHandler established(Channel channel, Meeting meeting) {
        return receptions.receive(channel, meeting);
    }

    @Override
    public void failed(DialFailure failure) {
        endpoint.notices()
                .warnOnce("fetching a snapshot of member " + served.remote().nodeId(), failure.message());
    }
}
