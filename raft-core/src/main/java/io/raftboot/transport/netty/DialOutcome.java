package io.raftboot.transport.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.transport.RemoteMember;

/** What became of an attempt to connect. Called once, on the event loop. */
interface DialOutcome {
    /**
     * Both sides have accepted each other.
     *
     * @return who handles the frames from now on
     */
    ChannelHandler established(Channel channel, RemoteMember remote);

    /** The other side is who was meant, and one of the two has yet to learn its cluster's id; {@link #failed} follows. */
    default void introduced(RemoteMember remote) {}

    /** The other side is who was meant, and this one's listener does not want it; {@link #failed} follows. */
    default void turnedAway(RemoteMember remote) {}

    void failed(DialFailure failure);
}
