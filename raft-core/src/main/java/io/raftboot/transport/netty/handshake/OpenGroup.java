package io.raftboot.transport.netty.handshake;

import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.wire.Traffic;

/**
 * A group that this process takes part in.
 *
 * @param identity what this member says of it
 * @param listener told what arrives for it
 * @param traffic counts what is sent and what arrives for it
 */
public record OpenGroup(GroupIdentity identity, TransportListener listener, Traffic traffic) {
    /** One of which nothing was sent yet. */
    public OpenGroup(GroupIdentity identity, TransportListener listener) {
        this(identity, listener, new Traffic());
    }

    public String name() {
        return identity.name();
    }
}
