package io.raftboot.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.proto.Purpose;

/** Follows the invitation of a member that can't dial this one: opens the connection on which it sends its snapshot. */
final class SnapshotFetch implements DialOutcome {
    private final Endpoint endpoint;
    private final SnapshotReceptions receptions;
    private final long senderId;

    private SnapshotFetch(Endpoint endpoint, SnapshotReceptions receptions, long senderId) {
        this.endpoint = endpoint;
        this.receptions = receptions;
        this.senderId = senderId;
    }

    /** Event loop. Who is no peer has no address; it does not invite, but dials. */
    static void begin(Endpoint endpoint, SnapshotReceptions receptions, long senderId, long ticket) {
        PeerLink link = endpoint.link(senderId);
        if (link != null) {
            var target = Dialler.Target.of(senderId, link.address(), Purpose.PURPOSE_SNAPSHOT_FETCH, 0, ticket);
            var unused = endpoint.dialler().dial(target, new SnapshotFetch(endpoint, receptions, senderId));
        }
    }

    @Override
    public ChannelHandler established(Channel channel, RemoteMember remote) {
        return receptions.receive(channel, senderId);
    }

    @Override
    public void failed(DialFailure failure) {
        endpoint.notices().warnOnce("fetching a snapshot of member " + senderId, failure.message());
    }
}
