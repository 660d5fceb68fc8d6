package io.raftboot.transport.netty.handshake;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Refusal;
import org.jspecify.annotations.Nullable;

/** Decides about those that dial this process, and takes on whom it accepts. Event loop only. */
public interface Doorkeeper {
    /** One more introduces itself, from that address; false if too many do. Otherwise {@link #introduced} follows. */
    boolean mayIntroduce(String host);

    /** One less introduces itself. */
    void introduced(String host);

    /**
     * Looks at an introduction.
     *
     * @param channel the connection that it came by
     * @param me how this process is about to introduce itself
     */
    Examination examine(Channel channel, ProcessIdentity me, Hello hello);

    /**
     * The connection that has to be dead before this one is accepted: a member that was replaced comes back at once, and either
     * finds that the one in its place is nobody, or that somebody else is there as this member. Null if there is none.
     */
    @Nullable
    FormerConnection toAskBefore(Hello hello);

    /** The other side has heard this member's introduction, and does not want it. */
    void refusedBy(Hello hello, Refusal refusal);

    /**
     * Takes the connection on.
     *
     * @return who handles its frames from now on
     */
    ChannelHandler accepted(Channel channel, Meeting meeting, Hello hello);
}
