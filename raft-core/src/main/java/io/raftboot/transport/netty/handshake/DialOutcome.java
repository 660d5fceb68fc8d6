package io.raftboot.transport.netty.handshake;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.List;

/** What became of an attempt to connect. Called on the event loop; either {@link #established} or {@link #failed} once. */
public interface DialOutcome {
    /**
     * Both sides have accepted each other.
     *
     * @return who handles the frames from now on
     */
    ChannelHandler established(Channel channel, Meeting meeting);

    /** The connection that was established just now serves others, and not this group. */
    default void notServed(OpenGroup group, String reason) {}

    /** The other side is who was meant, and one of the two has yet to learn its cluster's id; {@link #failed} follows. */
    default void unsettled(List<ServedGroup> groups) {}

    /** The other side is who was meant, and this one's listener does not want it in these groups. */
    default void turnedAway(List<ServedGroup> groups) {}

    /** The other side is who was meant, and knows this member with another data directory in these groups. */
    default void otherDirectoryKnown(List<OpenGroup> groups) {}

    void failed(DialFailure failure);
}
