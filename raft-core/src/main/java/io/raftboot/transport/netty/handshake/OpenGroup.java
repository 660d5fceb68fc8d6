package io.raftboot.transport.netty.handshake;

import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.TransportListener;

/**
 * A group that this process takes part in.
 *
 * @param identity what this member says of it
 * @param listener told what arrives for it
 */
public record OpenGroup(GroupIdentity identity, TransportListener listener) {
    public String name() {
        return identity.name();
    }
}
