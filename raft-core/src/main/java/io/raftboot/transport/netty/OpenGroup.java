package io.raftboot.transport.netty;

import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.TransportListener;

/**
 * A group that this process takes part in.
 *
 * @param identity what this member says of it
 * @param listener told what arrives for it
 */
record OpenGroup(GroupIdentity identity, TransportListener listener) {
    String name() {
        return identity.name();
    }
}
